# Measures along the axis of the experiment: one column a panel; for each measure a plot with its closed form and, where rows
# have a z, the residuals below it.  Logarithmic where the axis is a number of something and the measure has no sign.  Names
# and series come from the preamble (README.md here).
COLUMN = PANELS == 1 ? 900 : PANELS == 2 ? 640 : PANELS == 3 ? 480 : 400
WIDTH = 110 + COLUMN * PANELS + 40
WIDTH = WIDTH < 1100 ? 1100 : WIDTH
CURVE_HEIGHT = MEASURES == 1 ? 440 : 350
RESIDUAL_HEIGHT = 230
HEIGHT = 0
do for [m = 1:MEASURES] { HEIGHT = HEIGHT + CURVE_HEIGHT + (MEASURE_Z[m] > 0 ? RESIDUAL_HEIGHT : 0) }
CLOSED = 0
ROWS = 0
do for [m = 1:MEASURES] { CLOSED = CLOSED + MEASURE_CLOSED[m]; ROWS = ROWS + MEASURE_ROWS[m] }
SIGNED(m) = MEASURE_LEAST[m] < 0
LINEAR(m) = SIGNED(m) || !AXIS_LOG
GUIDED = 0 # measures with the slope −1/2
do for [m = 1:MEASURES] { do for [p = 1:PANELS] { GUIDED = GUIDED + (GUIDE[(m - 1) * PANELS + p] > 0 && !LINEAR(m) ? 1 : 0) } }
SERIES_ENTRIES = SERIES
ENTRIES = SERIES + 3 + (GUIDED > 0 ? 1 : 0) + (SERIES > 1 ? 1 : 0) + (strlen(SERIES_SHARED) > 0 ? 1 : 0)
array ENTRY[ENTRIES]
array ENTRY_STYLE[ENTRIES]
array ENTRY_SERIES[ENTRIES]
do for [s = 1:SERIES] { ENTRY[s] = SERIES_TITLE[s]; ENTRY_STYLE[s] = 'curve'; ENTRY_SERIES[s] = s }
do for [i = SERIES + 1:ENTRIES] { ENTRY_STYLE[i] = 'text'; ENTRY_SERIES[i] = 0 }
ENTRY[SERIES + 1] = 'mean over the trials, 95 % interval (thin where it reaches 0)'; ENTRY_STYLE[SERIES + 1] = 'interval'
ENTRY[SERIES + 2] = CLOSED == 0 ? 'joins the points (no closed form)' : CLOSED_TITLE.(CLOSED < ROWS ? '; thin: joins the points' : ''); ENTRY_STYLE[SERIES + 2] = 'line'
ENTRY[SERIES + 3] = 'off the plot: too small, too large, or z too large'; ENTRY_STYLE[SERIES + 3] = 'mark'
if (GUIDED > 0) { ENTRY[SERIES + 4] = 'slope −1/2'; ENTRY_STYLE[SERIES + 4] = 'guide' }
if (strlen(SERIES_SHARED) > 0) { ENTRY[SERIES + 4 + (GUIDED > 0 ? 1 : 0)] = SERIES_SHARED }
if (SERIES > 1) { ENTRY[ENTRIES] = 'series are shifted sideways a little so that none hides another' }
load SCRIPTS.'/legend.gp'
HEIGHT = HEIGHT + 14 + 26 * TITLE_LINES + 20 * QUESTION_LINES + 8 + LEGEND + 16 + 17 * FOOTER_LINES
load SCRIPTS.'/common.gp'

# Series are shifted sideways a little, their closed forms with them, so that all are seen.
DODGE = SERIES > 1 ? 0.21 / (SERIES - 1) : 0
SPAN = X_HIGH > X_LOW ? X_HIGH - X_LOW : 1
sideways(s, abscissa) = AXIS_LOG ? abscissa * 2.0 ** (DODGE * (s - 0.5 * (SERIES + 1))) \
                                 : abscissa + 0.06 * SPAN * DODGE * (s - 0.5 * (SERIES + 1))
chosen(m, p, s) = column('measure') == m && column('panel') == p && column('series') == s
abscissa(m, p, s) = chosen(m, p, s) ? sideways(s, cell('at')) : NaN
visible(m, name) = LINEAR(m) || cell(name) > FLOOR ? cell(name) : NaN
known(m, name) = LINEAR(m) || cell('low') > 0 ? cell(name) : NaN
vague(m, name) = LINEAR(m) || cell('low') > 0 ? NaN : cell(name)
vanished(m) = !LINEAR(m) && cell('estimate') <= FLOOR ? 1 : NaN
has_form(n) = strlen(strcol('closed_form')) > 0
beyond(m) = cell('estimate') > Y_TO ? 1 : NaN
mark(p, value) = PANEL_AXIS[p] ? sprintf('%g', value) : '' # columns of one family have the same scale
gap(p) = p < PANELS && PANEL_AXIS[p + 1] ? 70 : 30 # room for the numbers along the next column
raised(value, least) = value > least ? value : least

X_FROM = AXIS_LOG ? X_LOW * 2 ** -0.6 : X_LOW - 0.06 * SPAN
X_TO = AXIS_LOG ? X_HIGH * 2 ** 0.6 : X_HIGH + 0.06 * SPAN
set xrange [X_FROM:X_TO]
if (AXIS_LOG) {
    set logscale x 2
    set samples 2 # the guide, a straight line here
    set clip two
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
    do for [p = 1:PANELS] {
        I = (m - 1) * PANELS + p
        FLOOR = PLOT_FLOOR[I]
        Y_SPAN = PLOT_HIGH[I] - (SIGNED(m) ? PLOT_LEAST[I] : 0)
        Y_FROM = LINEAR(m) ? (SIGNED(m) ? PLOT_LEAST[I] - 0.12 * Y_SPAN : -0.02 * Y_SPAN) : PLOT_LOW[I] / 2.2
        Y_TO = LINEAR(m) ? PLOT_HIGH[I] + 0.12 * Y_SPAN : PLOT_HIGH[I] * 2
        Y_LEAST = LINEAR(m) ? -1e300 : Y_FROM / 100
        DECADES = LINEAR(m) ? 0 : log10(Y_TO / Y_FROM)
        set lmargin at screen left(110 + (WIDTH - 130) * (p - 1) / PANELS)
        set rmargin at screen left(110 + (WIDTH - 130) * p / PANELS - gap(p))
        set tmargin at screen top(TOP + 30)
        set bmargin at screen top(TOP + CURVE_HEIGHT - (MEASURE_Z[m] > 0 ? 18 : 66))
        set yrange [Y_FROM:Y_TO]
        unset logscale y
        set ytics autofreq nomirror out
        if (!LINEAR(m)) {
            set logscale y 10
            set ytics () nomirror out
            do for [e = int(floor(log10(Y_FROM))):int(ceil(log10(Y_TO)))] {
                if (DECADES < 8 || e % 2 == 0) { set ytics add (mark(p, 10.0 ** e) 10.0 ** e) }
                if (DECADES < 3) {
                    set ytics add (mark(p, 2 * 10.0 ** e) 2 * 10.0 ** e, mark(p, 5 * 10.0 ** e) 5 * 10.0 ** e)
                }
            }
        }
        set title (m == 1 ? fitted(PANEL_TITLE[p], (WIDTH - 130.0) / PANELS - 30) : '') noenhanced offset 0,-0.4
        set ylabel (p == 1 ? MEASURE_LABEL[m] : '') noenhanced offset 0,0 font FONT
        set format y (PANEL_AXIS[p] ? '%g' : '')
        set format x (MEASURE_Z[m] > 0 ? '' : AXIS_LOG ? '%.0f' : '%g')
        set xlabel (MEASURE_Z[m] > 0 ? '' : AXIS_TITLE)
        G = GUIDE[(m - 1) * PANELS + p] > 0 && !LINEAR(m) ? 1.35 * GUIDE[(m - 1) * PANELS + p] : NaN
        GUIDE_X = AXIS_LOG ? 2 ** (0.25 * log(X_LOW) / log(2) + 0.75 * log(X_HIGH) / log(2)) : X_LOW
        if (G > 0) { set label 4 '1/√'.AXIS_SYMBOL at GUIDE_X,G / sqrt(GUIDE_X) left offset 0.3,0.7 font SMALL textcolor rgb 0x707070 }
        plot G / sqrt(x) with lines dt 2 lw 1.2 lc rgb 0x909090 notitle, \
             for [s = 1:SERIES] $ROWS every ::ROWS_FIRST[(m-1)*PANELS+p]::ROWS_LAST[(m-1)*PANELS+p] using (has_form(0) ? abscissa(m, p, s) : NaN):(raised(cell('closed_form'), Y_LEAST)) \
                 with lines lw 1.6 dt dash(s) lc rgb colour(s) notitle, \
             for [s = 1:SERIES] $ROWS every ::ROWS_FIRST[(m-1)*PANELS+p]::ROWS_LAST[(m-1)*PANELS+p] using (has_form(0) ? NaN : abscissa(m, p, s)):(visible(m, 'estimate')) \
                 with lines lw 0.8 dt dash(s) lc rgb colour(s) notitle, \
             for [s = 1:SERIES] $ROWS every ::ROWS_FIRST[(m-1)*PANELS+p]::ROWS_LAST[(m-1)*PANELS+p] using (abscissa(m, p, s)):(visible(m, 'estimate')):(Y_LEAST):(vague(m, 'high')) \
                 with yerrorbars lc rgb light(s) pt 0 lw 0.7 notitle, \
             for [s = 1:SERIES] $ROWS every ::ROWS_FIRST[(m-1)*PANELS+p]::ROWS_LAST[(m-1)*PANELS+p] using (abscissa(m, p, s)):(visible(m, 'estimate')):(known(m, 'low')):(known(m, 'high')) \
                 with yerrorbars lc rgb colour(s) pt 0 lw 1.2 notitle, \
             for [s = 1:SERIES] $ROWS every ::ROWS_FIRST[(m-1)*PANELS+p]::ROWS_LAST[(m-1)*PANELS+p] using (counted(abscissa(m, p, s))):(visible(m, 'estimate')) \
                 with points lc rgb colour(s) pt point(s) ps 0.9 notitle, \
             for [s = 1:SERIES] $ROWS every ::ROWS_FIRST[(m-1)*PANELS+p]::ROWS_LAST[(m-1)*PANELS+p] using (abscissa(m, p, s)):(LINEAR(m) ? NaN : beyond(m) * Y_TO * (Y_FROM / Y_TO) ** 0.03) \
                 with points lc rgb colour(s) pt 9 ps 1.2 notitle, \
             for [s = 1:SERIES] $ROWS every ::ROWS_FIRST[(m-1)*PANELS+p]::ROWS_LAST[(m-1)*PANELS+p] using (abscissa(m, p, s)):(LINEAR(m) ? NaN : vanished(m) * Y_FROM * (Y_TO / Y_FROM) ** 0.03) \
                 with points lc rgb colour(s) pt 11 ps 1.2 notitle
        unset label 4
    }
    TOP = TOP + CURVE_HEIGHT
    if (MEASURE_Z[m] > 0) {
        do for [p = 1:PANELS] {
            set lmargin at screen left(110 + (WIDTH - 130) * (p - 1) / PANELS)
            set rmargin at screen left(110 + (WIDTH - 130) * p / PANELS - gap(p))
            set tmargin at screen top(TOP + 2)
            set bmargin at screen top(TOP + RESIDUAL_HEIGHT - 66)
            unset logscale y
            set yrange [-Z_LIMIT:Z_LIMIT]
            set ytics autofreq -1000 * Z_STEP,Z_STEP nomirror out
            set title ''
            set format x (AXIS_LOG ? '%.0f' : '%g')
            set format y (p == 1 ? '%g' : '')
            set xlabel AXIS_TITLE
            set ylabel (p == 1 ? "estimate − closed form,\nin standard errors" : '') offset 0,0 font SMALL
            set object 1 rectangle from X_FROM,-2 to X_TO,2 fc rgb 0xE8EEF4 fs solid noborder behind
            set label 5 '±2' at X_TO,2 right offset -0.4,0.55 font TINY textcolor rgb 0x707070
            set label 6 sprintf('Holm, %d tests at 5 %%: ±%.1f', Z_COUNT, Z_HOLM) at X_TO,-Z_HOLM right offset -0.4,0.6 font TINY textcolor rgb 0xA03030
            plot 0 with lines lc rgb 0x404040 lw 0.8 notitle, \
                 Z_HOLM with lines dt 4 lc rgb 0xA03030 notitle, -Z_HOLM with lines dt 4 lc rgb 0xA03030 notitle, \
                 for [s = 1:SERIES] $ROWS every ::ROWS_FIRST[(m-1)*PANELS+p]::ROWS_LAST[(m-1)*PANELS+p] using (abscissa(m, p, s)):(abs(cell('z')) <= Z_LIMIT ? cell('z') : NaN) with points lc rgb colour(s) pt point(s) ps 0.9 notitle, \
                 for [s = 1:SERIES] $ROWS every ::ROWS_FIRST[(m-1)*PANELS+p]::ROWS_LAST[(m-1)*PANELS+p] using (abscissa(m, p, s)):(edge(1)) with points lc rgb colour(s) pt 9 ps 1.3 notitle, \
                 for [s = 1:SERIES] $ROWS every ::ROWS_FIRST[(m-1)*PANELS+p]::ROWS_LAST[(m-1)*PANELS+p] using (abscissa(m, p, s)):(edge(-1)) with points lc rgb colour(s) pt 11 ps 1.3 notitle
            unset object 1
            unset label 5
            unset label 6
        }
        TOP = TOP + RESIDUAL_HEIGHT
    }
}
unset multiplot
load SCRIPTS.'/end.gp'
