# What a call costs along the axis of the experiment, log-log, one column a panel: a measure in seconds or bytes with its closed
# form and the growth that is expected; below times their share of the rate of a matrix product; and measures of unit 1, the
# local exponents.  Rows in tokens, which have no place on the axis, are lengths where a series overtakes what it approximates:
# drawn as drop lines.  Names and series come from the preamble (README.md here).
COLUMN = PANELS == 1 ? 900 : PANELS == 2 ? 640 : PANELS == 3 ? 480 : 400
WIDTH = 140 + COLUMN * PANELS + 40
WIDTH = WIDTH < 1100 ? 1100 : WIDTH
OF_TOKENS = AXIS eq 'keys' || AXIS eq 'queries'
OF_THREADS = AXIS eq 'threads'
PLAIN_UNIT(m) = MEASURE_UNIT[m] eq '1'
TIMED(m) = MEASURE_UNIT[m] eq 's'

# The rows of plots: measure ROW_MEASURE[r], or with ROW_SHARE[r] the column of shares of its rows.
ROWS = MEASURES
do for [m = 1:MEASURES] { ROWS = ROWS + (TIMED(m) ? 1 : 0) }
array ROW_MEASURE[ROWS]
array ROW_SHARE[ROWS]
array ROW_HEIGHT[ROWS]
ROW = 0
HEIGHT = 40
CLOSED = 0
do for [m = 1:MEASURES] {
    ROW = ROW + 1
    ROW_MEASURE[ROW] = m; ROW_SHARE[ROW] = 0; ROW_HEIGHT[ROW] = PLAIN_UNIT(m) ? 250 : 430
    HEIGHT = HEIGHT + ROW_HEIGHT[ROW]
    CLOSED = CLOSED + MEASURE_CLOSED[m]
    if (TIMED(m)) {
        ROW = ROW + 1
        ROW_MEASURE[ROW] = m; ROW_SHARE[ROW] = 1; ROW_HEIGHT[ROW] = 250
        HEIGHT = HEIGHT + ROW_HEIGHT[ROW]
    }
}
SERIES_ENTRIES = SERIES
ENTRIES = SERIES + 2 + (CLOSED > 0 ? 1 : 0) + (OF_TOKENS && CLOSED == 0 ? 1 : 0) + (strlen(SERIES_SHARED) > 0 ? 1 : 0)
array ENTRY[ENTRIES]
array ENTRY_STYLE[ENTRIES]
array ENTRY_SERIES[ENTRIES]
do for [s = 1:SERIES] { ENTRY[s] = SERIES_TITLE[s]; ENTRY_STYLE[s] = 'curve'; ENTRY_SERIES[s] = s }
do for [i = SERIES + 1:ENTRIES] { ENTRY_SERIES[i] = 0 }
ENTRY[SERIES + 1] = CLOSED > 0 ? 'as counted' : 'median of the repetitions, 95 % interval'; ENTRY_STYLE[SERIES + 1] = CLOSED > 0 ? 'point' : 'interval'
ENTRY[SERIES + 2] = OF_TOKENS ? 'N, N log N and N²' : OF_THREADS ? '1/T, as if no thread waited' : 'proportional'; ENTRY_STYLE[SERIES + 2] = 'guide'
if (CLOSED > 0) { ENTRY[SERIES + 3] = 'what the formula must hold'; ENTRY_STYLE[SERIES + 3] = 'line' }
if (OF_TOKENS && CLOSED == 0) { ENTRY[SERIES + 3] = 'below the curves: from here on faster than the oracle, 95 % interval'; ENTRY_STYLE[SERIES + 3] = 'mark' }
if (strlen(SERIES_SHARED) > 0) { ENTRY[ENTRIES] = SERIES_SHARED; ENTRY_STYLE[ENTRIES] = 'text' }
load SCRIPTS.'/legend.gp'
HEIGHT = HEIGHT + 14 + 26 * TITLE_LINES + 20 * QUESTION_LINES + 8 + LEGEND + 16 + 17 * FOOTER_LINES
load SCRIPTS.'/common.gp'

chosen(m, p, s) = column('measure') == m && column('panel') == p && column('series') == s
abscissa(m, p, s) = chosen(m, p, s) ? cell('at') : NaN
formed(m, p, s) = chosen(m, p, s) && strlen(strcol('closed_form')) > 0 ? cell('at') : NaN
crossing(p, s) = column('panel') == p && column('series') == s ? 1 : NaN
shown(text, p) = p == 1 ? text : '' # all columns have the same scale
two(e) = e < 0 ? '' : e < 14 ? sprintf('%d', 2 ** e) : sprintf('2^%d', e)
bytes(value) = value < 1024 ? sprintf('%g B', value) : value < 1048576 ? sprintf('%g KiB', value / 1024) \
             : value < 1073741824 ? sprintf('%g MiB', value / 1048576) : sprintf('%g GiB', value / 1073741824)
seconds(n, e) = e < -6 ? sprintf('%g ns', n * 10.0 ** (e + 9)) : e < -3 ? sprintf('%g µs', n * 10.0 ** (e + 6)) \
              : e < 0 ? sprintf('%g ms', n * 10.0 ** (e + 3)) : sprintf('%g s', n * 10.0 ** e)

X_FROM = X_LOW * 2 ** -0.6
X_TO = X_HIGH * 2 ** 0.6
set xrange [X_FROM:X_TO]
set logscale x 2
set clip two
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
set ytics nomirror
EXPONENT_LOW = int(floor(log(X_LOW) / log(2) + 0.01))
EXPONENT_HIGH = int(floor(log(X_HIGH) / log(2) + 0.01))
EXPONENT_STEP = EXPONENT_HIGH - EXPONENT_LOW < 6 ? 1 : EXPONENT_HIGH - EXPONENT_LOW < 13 ? 2 : 4
set xtics () nomirror out
do for [e = EXPONENT_LOW:EXPONENT_HIGH] {
    set xtics add ((e - EXPONENT_LOW) % EXPONENT_STEP == 0 ? two(e) : '' 2 ** e)
}

# What is expected to grow is drawn through the upper left corner of the lowest curves, or down from the highest.
G_X = X_LOW
guide(power, at, value) = value * (at / G_X) ** power
TOP = HEAD + LEGEND
do for [r = 1:ROWS] {
    m = ROW_MEASURE[r]
    LAST = r == ROWS
    LOGARITHMIC = !ROW_SHARE[r] && !PLAIN_UNIT(m)
    Y_FROM = LOGARITHMIC ? MEASURE_LOW[m] / 3 : 0
    Y_TO = LOGARITHMIC ? MEASURE_HIGH[m] * 2 : ROW_SHARE[r] ? 1.05 : MEASURE_HIGH[m] < 2.5 ? 2.5 : MEASURE_HIGH[m] < 4 ? 1.05 * MEASURE_HIGH[m] : 4
    do for [p = 1:PANELS] {
        set lmargin at screen left(140 + (WIDTH - 160) * (p - 1) / PANELS)
        set rmargin at screen left(140 + (WIDTH - 160) * p / PANELS - 30)
        set tmargin at screen top(TOP + 30)
        set bmargin at screen top(TOP + ROW_HEIGHT[r] - 18)
        set yrange [Y_FROM:Y_TO]
        unset logscale y
        set ytics autofreq nomirror out
        set format y (p == 1 ? '%g' : '')
        set format x (LAST ? '%g' : '')
        set xlabel (LAST ? AXIS_TITLE : '')
        set title (r == 1 ? fitted(PANEL_TITLE[p], (WIDTH - 160.0) / PANELS - 30) : '') noenhanced offset 0,-0.4
        if (LOGARITHMIC) {
            if (TIMED(m)) {
                set logscale y 10
                set ytics () nomirror out
                do for [e = int(floor(log10(Y_FROM))):int(ceil(log10(Y_TO)))] {
                    set ytics add (shown(seconds(1, e), p) 10.0 ** e)
                    if (Y_TO < 300 * Y_FROM) { set ytics add (shown(seconds(2, e), p) 2 * 10.0 ** e, shown(seconds(5, e), p) 5 * 10.0 ** e) }
                }
            } else {
                set logscale y 2
                set ytics () nomirror out
                do for [e = int(floor(log(Y_FROM) / log(2))):int(ceil(log(Y_TO) / log(2)))] {
                    if (e % 2 == 0) { set ytics add (shown(bytes(2.0 ** e), p) 2.0 ** e) }
                }
            }
        }
        if (ROW_SHARE[r]) {
            set ylabel (p == 1 ? "operations of the\nformula, as share of\na matrix product's rate" : '') noenhanced offset 0,0 font SMALL
            plot for [s = 1:SERIES] $ROWS every ::ROWS_FIRST[(m-1)*PANELS+p]::ROWS_LAST[(m-1)*PANELS+p] using (abscissa(m, p, s)):(cell('gemm_share')) with linespoints lw 1.4 dt dash(s) lc rgb colour(s) pt point(s) ps 0.8 notitle
        }
        if (!ROW_SHARE[r] && PLAIN_UNIT(m)) {
            set ylabel (p == 1 ? MEASURE_LABEL[m] : '') noenhanced offset 0,0 font SMALL
            plot 1 with lines dt 2 lw 1 lc rgb 0x909090 notitle, 2 with lines dt 2 lw 1 lc rgb 0x909090 notitle, \
                 for [s = 1:SERIES] $ROWS every ::ROWS_FIRST[(m-1)*PANELS+p]::ROWS_LAST[(m-1)*PANELS+p] using (abscissa(m, p, s)):(cell('estimate')):(cell('low')):(cell('high')) with yerrorbars lw 0.8 lc rgb light(s) pt 0 notitle, \
                 for [s = 1:SERIES] $ROWS every ::ROWS_FIRST[(m-1)*PANELS+p]::ROWS_LAST[(m-1)*PANELS+p] using (counted(abscissa(m, p, s))):(cell('estimate')) with linespoints lw 1.4 dt dash(s) lc rgb colour(s) pt point(s) ps 0.8 notitle
        }
        if (LOGARITHMIC) {
            set ylabel (p == 1 ? MEASURE_LABEL[m] : '') noenhanced offset 0,0 font FONT
            G_Y = OF_THREADS ? MEASURE_HIGH[m] : 0.5 * MEASURE_LOW[m]
            MARK = Y_FROM * (Y_TO / Y_FROM) ** 0.04
            plot guide(OF_THREADS ? -1 : 1, x, G_Y) with lines dt 2 lw 1.2 lc rgb 0x909090 notitle, \
                 (OF_TOKENS ? guide(1, x, G_Y) * log(x) / log(G_X) : NaN) with lines dt 3 lw 1.2 lc rgb 0x909090 notitle, \
                 (OF_TOKENS ? guide(2, x, G_Y) : NaN) with lines dt 2 lw 1.2 lc rgb 0x909090 notitle, \
                 for [s = 1:SERIES] $ROWS every ::ROWS_FIRST[(m-1)*PANELS+p]::ROWS_LAST[(m-1)*PANELS+p] using (formed(m, p, s)):(cell('closed_form')) with lines lw 1.6 dt dash(s) lc rgb colour(s) notitle, \
                 for [s = 1:SERIES] $ROWS every ::ROWS_FIRST[(m-1)*PANELS+p]::ROWS_LAST[(m-1)*PANELS+p] using (abscissa(m, p, s)):(cell('estimate')) \
                     with lines lw (CLOSED > 0 ? 0.5 : 1.4) dt dash(s) lc rgb colour(s) notitle, \
                 for [s = 1:SERIES] $ROWS every ::ROWS_FIRST[(m-1)*PANELS+p]::ROWS_LAST[(m-1)*PANELS+p] using (abscissa(m, p, s)):(cell('estimate')):(cell('low')):(cell('high')) with yerrorbars lw 1.2 lc rgb colour(s) pt 0 notitle, \
                 for [s = 1:SERIES] $ROWS every ::ROWS_FIRST[(m-1)*PANELS+p]::ROWS_LAST[(m-1)*PANELS+p] using (counted(abscissa(m, p, s))):(cell('estimate')) with points lc rgb colour(s) pt point(s) ps 0.9 notitle, \
                 for [s = 1:SERIES] $CROSSINGS using (cell('estimate')):(TIMED(m) ? crossing(p, s) * MARK * (Y_TO / Y_FROM) ** (0.022 * (s - 1)) : NaN):(cell('low')):(cell('high')) \
                     with xerrorbars lw 1 lc rgb colour(s) pt 11 ps 1.1 notitle
        }
    }
    TOP = TOP + ROW_HEIGHT[r]
}
unset multiplot
load SCRIPTS.'/end.gp'
