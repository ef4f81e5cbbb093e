# A measure against the size of a kernel, sinusoids or taps: one column a family of codes, one curve an input, and the closed
# form, a bound, as a dashed line.  Names come from the preamble (README.md here): panels are families, series inputs.
COLUMNS = PANELS
CURVES = SERIES

WIDTH = 110 + (COLUMNS == 1 ? 900 : COLUMNS == 2 ? 640 : 480) * COLUMNS + 40
ROW = 500
SERIES_ENTRIES = CURVES
ENTRIES = CURVES + 3
array ENTRY[ENTRIES]
array ENTRY_STYLE[ENTRIES]
array ENTRY_SERIES[ENTRIES]
do for [s = 1:CURVES] { ENTRY[s] = SERIES_TITLE[s]; ENTRY_STYLE[s] = 'curve'; ENTRY_SERIES[s] = s }
do for [i = CURVES + 1:ENTRIES] { ENTRY_SERIES[i] = 0 }
ENTRY[CURVES + 1] = 'measured'; ENTRY_STYLE[CURVES + 1] = 'curve'
ENTRY[CURVES + 2] = 'bound, where above it'; ENTRY_STYLE[CURVES + 2] = 'guide'
ENTRY[CURVES + 3] = 'exact, or below 1e-5 of the largest'; ENTRY_STYLE[CURVES + 3] = 'mark'
load SCRIPTS.'/legend.gp'
HEIGHT = ROW * MEASURES + 14 + 26 * TITLE_LINES + 20 * QUESTION_LINES + 8 + LEGEND + 16 + 17 * FOOTER_LINES
load SCRIPTS.'/common.gp'

chosen(m, c, s) = column('measure') == m && column('panel') == c && column('series') == s
abscissa(m, c, s) = chosen(m, c, s) ? cell('at') : NaN
visible(m, name) = cell(name) > MEASURE_FLOOR[m] ? cell(name) : NaN
vanished(m) = cell('estimate') <= MEASURE_FLOOR[m] ? 1 : NaN

X_FROM = X_LOW * 2 ** -0.4
X_TO = X_HIGH * 2 ** 0.4
set logscale x 2
set xrange [X_FROM:X_TO]

set multiplot
set lmargin at screen left(100)
set rmargin at screen left(WIDTH - 30)
set tmargin at screen top(HEAD)
set bmargin at screen top(HEAD + LEGEND - 14)
unset border
unset tics
unset grid
set yrange [1:2]
plot NaN notitle
unset label
unset arrow
unset object
set border 3 lc rgb 0x404040
set grid xtics ytics lt 1 lw 0.5 lc rgb 0xE4E4E4
set tics nomirror out scale 0.6 font SMALL
set xtics 2 nomirror out
set ytics nomirror out
set format x '%g'
set logscale y 10

do for [m = 1:MEASURES] {
    Y_FROM = MEASURE_LOW[m] / 3
    Y_TO = MEASURE_HIGH[m] * 1.6
    set yrange [Y_FROM:Y_TO]
    do for [c = 1:COLUMNS] {
        set lmargin at screen left(110 + (WIDTH - 130) * (c - 1) / COLUMNS)
        set rmargin at screen left(110 + (WIDTH - 130) * c / COLUMNS - 30)
        set tmargin at screen top(HEAD + LEGEND + ROW * (m - 1) + 30)
        set bmargin at screen top(HEAD + LEGEND + ROW * m - 60)
        set title fitted(PANEL_TITLE[c], (WIDTH - 130.0) / COLUMNS - 30) noenhanced offset 0,-0.4
        set xlabel 'size of the kernel (sinusoids K, or taps P, of a feature)'
        set ylabel (c == 1 ? MEASURE_LABEL[m] : '') noenhanced font FONT
        set format y (c == 1 ? '%g' : '')
        plot for [s = 1:CURVES] $ROWS every ::ROWS_FIRST[(m-1)*PANELS+c]::ROWS_LAST[(m-1)*PANELS+c] using (abscissa(m, c, s)):(visible(m, 'closed_form')) \
                 with lines dt 2 lw 1.2 lc rgb colour(s) notitle, \
             for [s = 1:CURVES] $ROWS every ::ROWS_FIRST[(m-1)*PANELS+c]::ROWS_LAST[(m-1)*PANELS+c] using (counted(abscissa(m, c, s))):(visible(m, 'estimate')) \
                 with linespoints lc rgb colour(s) pt point(s) ps 0.9 lw 1.6 notitle, \
             for [s = 1:CURVES] $ROWS every ::ROWS_FIRST[(m-1)*PANELS+c]::ROWS_LAST[(m-1)*PANELS+c] using (abscissa(m, c, s) * 2 ** (0.09 * (s - 0.5 * (CURVES + 1)))):(vanished(m) * Y_FROM * (Y_TO / Y_FROM) ** 0.03) \
                 with points lc rgb colour(s) pt 11 ps 1.2 notitle # side by side, as most families become exact at one size
    }
}
unset multiplot
load SCRIPTS.'/end.gp'
