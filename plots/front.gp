# Errors against the time of the call that makes them, log-log, one column a panel: for each measure that is no time, one curve a
# series along the axis of the experiment, whose value stands at its points.  Names and series come from the preamble
# (README.md here).
COLUMN = PANELS == 1 ? 900 : PANELS == 2 ? 640 : PANELS == 3 ? 480 : 400
WIDTH = 110 + COLUMN * PANELS + 40
WIDTH = WIDTH < 1100 ? 1100 : WIDTH
TIMED(m) = MEASURE_UNIT[m] eq 's'
ROWS = 0
do for [m = 1:MEASURES] { ROWS = ROWS + (TIMED(m) ? 0 : 1) }
HEIGHT = 40 + 480 * ROWS
SERIES_ENTRIES = SERIES
ENTRIES = SERIES + 3
array ENTRY[ENTRIES]
array ENTRY_STYLE[ENTRIES]
array ENTRY_SERIES[ENTRIES]
do for [s = 1:SERIES] { ENTRY[s] = SERIES_TITLE[s]; ENTRY_STYLE[s] = 'curve'; ENTRY_SERIES[s] = s }
do for [i = SERIES + 1:ENTRIES] { ENTRY_SERIES[i] = 0 }
ENTRY[SERIES + 1] = 'mean over the trials, 95 % interval'; ENTRY_STYLE[SERIES + 1] = 'interval'
ENTRY[SERIES + 2] = 'off the plot: smaller'; ENTRY_STYLE[SERIES + 2] = 'mark'
ENTRY[SERIES + 3] = 'numbers: '.AXIS_TITLE; ENTRY_STYLE[SERIES + 3] = 'text'
load SCRIPTS.'/legend.gp'
HEIGHT = HEIGHT + 14 + 26 * TITLE_LINES + 20 * QUESTION_LINES + 8 + LEGEND + 16 + 17 * FOOTER_LINES
load SCRIPTS.'/common.gp'

chosen(m, p, s) = strlen(strcol('seconds')) > 0 && measure_key(0) eq MEASURE_KEY[m] && panel_key(0) eq PANEL_KEY[p] && series_key(0) eq SERIES_KEY[s]
smaller(m) = cell('estimate') < MEASURE_LOW[m] / 1.5 ? MEASURE_LOW[m] / 1.4 : NaN
duration(m, p, s) = chosen(m, p, s) ? cell('seconds') : NaN
text(e) = e < -6 ? sprintf('%g ns', 10.0 ** (e + 9)) : e < -3 ? sprintf('%g µs', 10.0 ** (e + 6)) : e < 0 ? sprintf('%g ms', 10.0 ** (e + 3)) : sprintf('%g s', 10.0 ** e)

# The range of times is the same in all panels.
T_LOW = 1e300
T_HIGH = 0
do for [m = 1:MEASURES] {
    if (TIMED(m)) {
        T_LOW = MEASURE_LOW[m] < T_LOW ? MEASURE_LOW[m] : T_LOW
        T_HIGH = MEASURE_HIGH[m] > T_HIGH ? MEASURE_HIGH[m] : T_HIGH
    }
}
set xrange [T_LOW / 1.4:T_HIGH * 1.6]
set logscale x 10
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
set ytics nomirror
set xtics () nomirror out
do for [e = int(floor(log10(T_LOW / 1.4))):int(ceil(log10(T_HIGH * 1.6)))] {
    set xtics add (text(e) 10.0 ** e, '' 2 * 10.0 ** e, '' 5 * 10.0 ** e)
}
set logscale y 10
set clip two

TOP = HEAD + LEGEND
do for [m = 1:MEASURES] {
    if (TIMED(m)) { continue }
    do for [p = 1:PANELS] {
        set lmargin at screen left(110 + (WIDTH - 130) * (p - 1) / PANELS)
        set rmargin at screen left(110 + (WIDTH - 130) * p / PANELS - 30)
        set tmargin at screen top(TOP + 30)
        set bmargin at screen top(TOP + 480 - 30)
        set yrange [MEASURE_LOW[m] / 1.5:MEASURE_HIGH[m] * 1.5]
        set ytics () nomirror out
        do for [e = int(floor(log10(MEASURE_LOW[m] / 1.5))):int(ceil(log10(MEASURE_HIGH[m] * 1.5)))] {
            set ytics add (p == 1 ? sprintf('%g', 10.0 ** e) : '' 10.0 ** e)
            if (MEASURE_HIGH[m] < 300 * MEASURE_LOW[m]) {
                set ytics add (p == 1 ? sprintf('%g', 2 * 10.0 ** e) : '' 2 * 10.0 ** e, p == 1 ? sprintf('%g', 5 * 10.0 ** e) : '' 5 * 10.0 ** e)
            }
        }
        set title PANEL_TITLE[p] noenhanced offset 0,-0.4
        set xlabel 'time of one call'
        set ylabel (p == 1 ? MEASURE_LABEL[m] : '') noenhanced offset 0,0 font FONT
        plot for [s = 1:SERIES] CSV using (duration(m, p, s)):(cell('estimate')) with lines lw 1.4 dt dash(s) lc rgb colour(s) notitle, \
             for [s = 1:SERIES] CSV using (duration(m, p, s)):(cell('estimate')):(cell('low')):(cell('high')) with yerrorbars lw 1.2 lc rgb colour(s) pt 0 notitle, \
             for [s = 1:SERIES] CSV using (duration(m, p, s)):(cell('estimate')) with points lc rgb colour(s) pt point(s) ps 0.9 notitle, \
             for [s = 1:SERIES] CSV using (duration(m, p, s)):(cell('estimate')):(strcol(AXIS)) with labels left offset 0.5,0.5 font TINY textcolor rgb 0x606060 notitle, \
             for [s = 1:SERIES] CSV using (duration(m, p, s)):(smaller(m)) with points lc rgb colour(s) pt 11 ps 1.2 notitle
    }
    TOP = TOP + 480
}
unset multiplot
