# Error against the number of realizations: one column a panel; for each measure a log-log plot with its closed form and,
# where rows have a z, the residuals below it.  Names and series come from the preamble (README.md here).
COLUMN = PANELS == 1 ? 900 : PANELS == 2 ? 640 : PANELS == 3 ? 480 : 400
WIDTH = 110 + COLUMN * PANELS + 40
WIDTH = WIDTH < 1100 ? 1100 : WIDTH
CURVE_HEIGHT = MEASURES == 1 ? 440 : 350
RESIDUAL_HEIGHT = 230
HEIGHT = 0
do for [m = 1:MEASURES] { HEIGHT = HEIGHT + CURVE_HEIGHT + (MEASURE_Z[m] > 0 ? RESIDUAL_HEIGHT : 0) }
CLOSED = 0
do for [m = 1:MEASURES] { CLOSED = CLOSED + MEASURE_CLOSED[m] }
SERIES_ENTRIES = SERIES
ENTRIES = SERIES + 4 + (SERIES > 1 ? 1 : 0) + (strlen(SERIES_SHARED) > 0 ? 1 : 0)
array ENTRY[ENTRIES]
array ENTRY_STYLE[ENTRIES]
array ENTRY_SERIES[ENTRIES]
do for [s = 1:SERIES] { ENTRY[s] = SERIES_TITLE[s]; ENTRY_STYLE[s] = 'curve'; ENTRY_SERIES[s] = s }
do for [i = SERIES + 1:ENTRIES] { ENTRY_STYLE[i] = 'text'; ENTRY_SERIES[i] = 0 }
ENTRY[SERIES + 1] = 'mean over the trials, 95 % interval (thin where it reaches 0)'; ENTRY_STYLE[SERIES + 1] = 'interval'
ENTRY[SERIES + 2] = CLOSED > 0 ? 'closed form' : 'joins the points (no closed form)'; ENTRY_STYLE[SERIES + 2] = 'line'
ENTRY[SERIES + 3] = 'slope −1/2'; ENTRY_STYLE[SERIES + 3] = 'guide'
ENTRY[SERIES + 4] = 'off the plot: too small, too large, or z too large'; ENTRY_STYLE[SERIES + 4] = 'mark'
if (strlen(SERIES_SHARED) > 0) { ENTRY[SERIES + 5] = SERIES_SHARED }
if (SERIES > 1) { ENTRY[ENTRIES] = 'series are shifted sideways by up to ±7 % so that none hides another' }
load SCRIPTS.'/legend.gp'
HEIGHT = HEIGHT + 14 + 26 * TITLE_LINES + 20 * QUESTION_LINES + 8 + LEGEND + 16 + 17 * FOOTER_LINES
load SCRIPTS.'/common.gp'

# Series are shifted sideways a little, their closed forms with them, so that all are seen.
DODGE = SERIES > 1 ? 0.21 / (SERIES - 1) : 0
shift(s) = 2.0 ** (DODGE * (s - 0.5 * (SERIES + 1)))
chosen(m, p, s) = strlen(strcol('lag')) == 0 && measure_key(0) eq MEASURE_KEY[m] && panel_key(0) eq PANEL_KEY[p] \
                  && series_key(0) eq SERIES_KEY[s]
abscissa(m, p, s) = chosen(m, p, s) ? cell('realizations') * shift(s) : NaN
visible(m, name) = cell(name) > MEASURE_FLOOR[m] ? cell(name) : NaN
known(name) = cell('low') > 0 ? cell(name) : NaN
vague(name) = cell('low') > 0 ? NaN : cell(name)
vanished(m) = cell('estimate') <= MEASURE_FLOOR[m] ? 1 : NaN
beyond(m) = cell('estimate') > Y_TO ? 1 : NaN
mark(p, value) = p == 1 ? sprintf('%g', value) : '' # all columns have the same scale
raised(value, least) = value > least ? value : least

X_FROM = X_LOW * 2 ** -0.6
X_TO = X_HIGH * 2 ** 0.6
set logscale x 2
set xrange [X_FROM:X_TO]
EXPONENT_LOW = int(floor(log(X_LOW) / log(2) + 0.01))
EXPONENT_HIGH = int(floor(log(X_HIGH) / log(2) + 0.01))
set xtics () nomirror out
do for [e = EXPONENT_LOW:EXPONENT_HIGH] {
    if (EXPONENT_HIGH - EXPONENT_LOW < 6 || (e - EXPONENT_LOW) % 2 == 0) {
        set xtics add (sprintf('%d', 2 ** e) 2 ** e)
    } else {
        set xtics add ('' 2 ** e)
    }
}

set multiplot

# Title, legend and footer: an empty plot across the page.
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
set xtics nomirror
set ytics nomirror

# Residuals far beyond the bound are marked at the edge: they must be seen, and the others stay readable.
Z_WANTED = raised(1.12 * raised(Z_LARGEST, Z_HOLM), 3)
Z_LIMIT = Z_WANTED < 2.5 * raised(Z_HOLM, 2) ? Z_WANTED : 2.5 * raised(Z_HOLM, 2)
Z_STEP = Z_LIMIT > 12 ? 5 : Z_LIMIT > 6 ? 4 : 2
edge(sign) = sign * cell('z') > Z_LIMIT ? sign * 0.92 * Z_LIMIT : NaN
TOP = HEAD + LEGEND
do for [m = 1:MEASURES] {
    Y_FROM = MEASURE_LOW[m] / 2.2
    Y_TO = MEASURE_HIGH[m] * 2
    DECADES = log10(Y_TO / Y_FROM)
    do for [p = 1:PANELS] {
        set lmargin at screen left(110 + (WIDTH - 130) * (p - 1) / PANELS)
        set rmargin at screen left(110 + (WIDTH - 130) * p / PANELS - 30)
        set tmargin at screen top(TOP + 30)
        set bmargin at screen top(TOP + CURVE_HEIGHT - (MEASURE_Z[m] > 0 ? 18 : 66))
        set logscale y 10
        set yrange [Y_FROM:Y_TO]
        set ytics () nomirror out
        do for [e = int(floor(log10(Y_FROM))):int(ceil(log10(Y_TO)))] {
            set ytics add (mark(p, 10.0 ** e) 10.0 ** e)
            if (DECADES < 3) {
                set ytics add (mark(p, 2 * 10.0 ** e) 2 * 10.0 ** e, mark(p, 5 * 10.0 ** e) 5 * 10.0 ** e)
            }
        }
        set title PANEL_TITLE[p] noenhanced offset 0,-0.4
        set ylabel (p == 1 ? MEASURE_LABEL[m] : '') noenhanced offset 0,0 font FONT
        set format y (p == 1 ? '%g' : '')
        set format x (MEASURE_Z[m] > 0 ? '' : '%g')
        set xlabel (MEASURE_Z[m] > 0 ? '' : 'realizations R')
        G = 1.35 * GUIDE[(m - 1) * PANELS + p]
        GUIDE_X = 2 ** (0.25 * log(X_LOW) / log(2) + 0.75 * log(X_HIGH) / log(2))
        set label 4 '1/√R' at GUIDE_X,G / sqrt(GUIDE_X) left offset 0.3,0.7 font SMALL textcolor rgb 0x707070
        plot G / sqrt(x) with lines dt 2 lw 1.2 lc rgb 0x909090 notitle, \
             for [s = 1:SERIES] CSV every ::PANEL_FIRST[p]::PANEL_LAST[p] using (MEASURE_CLOSED[m] > 0 ? abscissa(m, p, s) : NaN):(raised(cell('closed_form'), Y_FROM / 100)) \
                 with lines lw 1.6 dt dash(s) lc rgb colour(s) notitle, \
             for [s = 1:SERIES] CSV every ::PANEL_FIRST[p]::PANEL_LAST[p] using (MEASURE_CLOSED[m] > 0 ? NaN : abscissa(m, p, s)):(visible(m, 'estimate')) \
                 with lines lw 0.8 dt dash(s) lc rgb colour(s) notitle, \
             for [s = 1:SERIES] CSV every ::PANEL_FIRST[p]::PANEL_LAST[p] using (abscissa(m, p, s)):(visible(m, 'estimate')):(Y_FROM / 100):(vague('high')) \
                 with yerrorbars lc rgb light(s) pt 0 lw 0.7 notitle, \
             for [s = 1:SERIES] CSV every ::PANEL_FIRST[p]::PANEL_LAST[p] using (abscissa(m, p, s)):(visible(m, 'estimate')):(known('low')):(known('high')) \
                 with yerrorbars lc rgb colour(s) pt 0 lw 1.2 notitle, \
             for [s = 1:SERIES] CSV every ::PANEL_FIRST[p]::PANEL_LAST[p] using (abscissa(m, p, s)):(visible(m, 'estimate')) \
                 with points lc rgb colour(s) pt point(s) ps 0.9 notitle, \
             for [s = 1:SERIES] CSV every ::PANEL_FIRST[p]::PANEL_LAST[p] using (abscissa(m, p, s)):(beyond(m) * Y_TO * (Y_FROM / Y_TO) ** 0.03) \
                 with points lc rgb colour(s) pt 9 ps 1.2 notitle, \
             for [s = 1:SERIES] CSV every ::PANEL_FIRST[p]::PANEL_LAST[p] using (abscissa(m, p, s)):(vanished(m) * Y_FROM * (Y_TO / Y_FROM) ** 0.03) \
                 with points lc rgb colour(s) pt 11 ps 1.2 notitle
        unset label 4
    }
    TOP = TOP + CURVE_HEIGHT
    if (MEASURE_Z[m] > 0) {
        do for [p = 1:PANELS] {
            set lmargin at screen left(110 + (WIDTH - 130) * (p - 1) / PANELS)
            set rmargin at screen left(110 + (WIDTH - 130) * p / PANELS - 30)
            set tmargin at screen top(TOP + 2)
            set bmargin at screen top(TOP + RESIDUAL_HEIGHT - 66)
            unset logscale y
            set yrange [-Z_LIMIT:Z_LIMIT]
            set ytics autofreq -1000 * Z_STEP,Z_STEP nomirror out
            set title ''
            set format x '%g'
            set format y (p == 1 ? '%g' : '')
            set xlabel 'realizations R'
            set ylabel (p == 1 ? "estimate − closed form,\nin standard errors" : '') offset 0,0 font SMALL
            set object 1 rectangle from X_FROM,-2 to X_TO,2 fc rgb 0xE8EEF4 fs solid noborder behind
            set label 5 '±2' at X_TO,2 right offset -0.4,0.55 font TINY textcolor rgb 0x707070
            set label 6 sprintf('Holm, %d tests at 5 %%: ±%.1f', Z_COUNT, Z_HOLM) at X_TO,-Z_HOLM right offset -0.4,0.6 font TINY textcolor rgb 0xA03030
            plot 0 with lines lc rgb 0x404040 lw 0.8 notitle, \
                 Z_HOLM with lines dt 4 lc rgb 0xA03030 notitle, -Z_HOLM with lines dt 4 lc rgb 0xA03030 notitle, \
                 for [s = 1:SERIES] CSV every ::PANEL_FIRST[p]::PANEL_LAST[p] using (abscissa(m, p, s)):(abs(cell('z')) <= Z_LIMIT ? cell('z') : NaN) with points lc rgb colour(s) pt point(s) ps 0.9 notitle, \
                 for [s = 1:SERIES] CSV every ::PANEL_FIRST[p]::PANEL_LAST[p] using (abscissa(m, p, s)):(edge(1)) with points lc rgb colour(s) pt 9 ps 1.3 notitle, \
                 for [s = 1:SERIES] CSV every ::PANEL_FIRST[p]::PANEL_LAST[p] using (abscissa(m, p, s)):(edge(-1)) with points lc rgb colour(s) pt 11 ps 1.3 notitle
            unset object 1
            unset label 5
            unset label 6
        }
        TOP = TOP + RESIDUAL_HEIGHT
    }
}
unset multiplot
