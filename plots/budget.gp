# Errors over what they cost, log-log: one row a panel, one column a cost; the points that nothing beats in both are joined and
# say their R and F, and a vertical line is the exact method.  Points, ranges and places of labels come from the preamble
# (README.md here).
WIDTH = 120 + COSTS * (PLOT_WIDTH + 40)
WIDTH = WIDTH < 1100 ? 1100 : WIDTH
ROW = PLOT_HEIGHT + 110
SERIES_ENTRIES = METHODS
ENTRIES = METHODS + 5
array ENTRY[ENTRIES]
array ENTRY_STYLE[ENTRIES]
array ENTRY_SERIES[ENTRIES]
do for [i = 1:METHODS] { ENTRY[i] = METHOD_TITLE[i]; ENTRY_STYLE[i] = 'point'; ENTRY_SERIES[i] = i }
do for [i = METHODS + 1:ENTRIES] { ENTRY_STYLE[i] = 'text'; ENTRY_SERIES[i] = 0 }
ENTRY[METHODS + 1] = 'nothing is better in both'; ENTRY_STYLE[METHODS + 1] = 'line'
ENTRY[METHODS + 2] = '95 % interval'; ENTRY_STYLE[METHODS + 2] = 'interval'
ENTRY[METHODS + 3] = 'the exact method (error 0)'; ENTRY_STYLE[METHODS + 3] = 'guide'
ENTRY[METHODS + 4] = 'ring: whether it is on the line cannot be told, as intervals overlap'
ENTRY[METHODS + 5] = 'upper edge: errors too large for the plot'
load SCRIPTS.'/legend.gp'
HEIGHT = ROW * PANELS + 14 + 26 * TITLE_LINES + 20 * QUESTION_LINES + 8 + LEGEND + 16 + 17 * FOOTER_LINES
load SCRIPTS.'/common.gp'

set multiplot
set lmargin at screen left(100)
set rmargin at screen left(WIDTH - 30)
set tmargin at screen top(HEAD)
set bmargin at screen top(HEAD + LEGEND - 8)
unset border
unset tics
unset grid
set xrange [0:1]
set yrange [1:2]
plot NaN notitle
unset label
unset arrow
unset object

seconds(n, e) = e < -6 ? sprintf('%g ns', n * 10.0 ** (e + 9)) : e < -3 ? sprintf('%g µs', n * 10.0 ** (e + 6)) \
              : e < 0 ? sprintf('%g ms', n * 10.0 ** (e + 3)) : sprintf('%g s', n * 10.0 ** e)
amount(n, e) = e < 3 ? sprintf('%g', n * 10.0 ** e) : e < 6 ? sprintf('%gk', n * 10.0 ** (e - 3)) \
              : e < 9 ? sprintf('%gM', n * 10.0 ** (e - 6)) : sprintf('%gG', n * 10.0 ** (e - 9))
tick(c, n, e) = COST_UNIT[c] eq 's' ? seconds(n, e) : amount(n, e)
here(k) = column(1) == k
of(k, s) = column(1) == k && column(2) == s
chosen(k) = column(1) == k && column(9) == 1

set border 3 lc rgb 0x404040
set grid xtics ytics lt 1 lw 0.5 lc rgb 0xE4E4E4
set tics nomirror out scale 0.6 font SMALL
set xtics nomirror
set ytics nomirror
set logscale xy 10
do for [p = 1:PANELS] {
    do for [c = 1:COSTS] {
        K = (p - 1) * COSTS + c
        set lmargin at screen left(110 + (PLOT_WIDTH + 40) * (c - 1))
        set rmargin at screen left(110 + (PLOT_WIDTH + 40) * (c - 1) + PLOT_WIDTH)
        set tmargin at screen top(HEAD + LEGEND + ROW * (p - 1) + 30)
        set bmargin at screen top(HEAD + LEGEND + ROW * (p - 1) + 30 + PLOT_HEIGHT)
        set xrange [PLOT_X_LOW[K]:PLOT_X_HIGH[K]]
        set yrange [PLOT_Y_LOW[K]:PLOT_Y_HIGH[K]]
        set xtics () nomirror
        set ytics () nomirror
        do for [e = int(floor(log10(PLOT_X_LOW[K]))):int(ceil(log10(PLOT_X_HIGH[K])))] {
            set xtics add (tick(c, 1, e) 10.0 ** e)
            do for [n = 2:9] {
                if (PLOT_X_HIGH[K] < 50 * PLOT_X_LOW[K] && (n == 2 || n == 5)) { set xtics add (tick(c, n, e) n * 10.0 ** e) } else { set xtics add ('' n * 10.0 ** e 1) }
            }
        }
        do for [e = int(floor(log10(PLOT_Y_LOW[K]))):int(ceil(log10(PLOT_Y_HIGH[K])))] {
            set ytics add ((c == 1 ? sprintf('%g', 10.0 ** e) : '') 10.0 ** e)
            if (PLOT_Y_HIGH[K] < 300 * PLOT_Y_LOW[K]) {
                set ytics add ((c == 1 ? sprintf('%g', 2 * 10.0 ** e) : '') 2 * 10.0 ** e, (c == 1 ? sprintf('%g', 5 * 10.0 ** e) : '') 5 * 10.0 ** e)
            }
        }
        set title (c == 1 ? fitted(PANEL_TITLE[p], WIDTH - 130.0) : '') noenhanced offset 0,-0.4
        set ylabel (c == 1 ? ERROR_TITLE : '') noenhanced offset 0,0 font FONT
        set xlabel COST_TITLE[c] noenhanced
        plot $EXACT using (counted(here(K) ? column(2) : NaN)):(PLOT_Y_LOW[K]):(0):(PLOT_Y_HIGH[K] - PLOT_Y_LOW[K]) with vectors nohead dt 2 lw 1.3 lc rgb 0x808080 notitle, \
             $EXACT using (here(K) ? column(2) : NaN):(PLOT_Y_LOW[K] * (PLOT_Y_HIGH[K] / PLOT_Y_LOW[K]) ** 0.03):(POINT_TITLE[int(column(3))]) with labels right offset -0.4,0.2 font TINY textcolor rgb 0x606060 noenhanced notitle, \
             for [s = 1:METHODS] $POINTS_OF using (of(K, s) ? column(3) : NaN):6:7:8 with yerrorbars lw 0.8 lc rgb light(s) pt 0 notitle, \
             for [s = 1:METHODS] $POINTS_OF using (of(K, s) ? column(3) : NaN):6:4:5 with xerrorbars lw 0.8 lc rgb light(s) pt 0 notitle, \
             $POINTS_OF using (chosen(K) ? column(3) : NaN):6 smooth unique with lines lw 1.4 lc rgb 0x303030 notitle, \
             $LABELS using (here(K) ? column(3) : NaN):4:(column(5) - column(3)):(column(6) - column(4)) with vectors nohead lw 0.5 lc rgb 0xB0B0B0 notitle, \
             for [s = 1:METHODS] $POINTS_OF using (counted(of(K, s) && column(11) == 0 ? column(3) : NaN)):6 with points lc rgb colour(s) pt point(s) ps 0.8 notitle, \
             for [s = 1:METHODS] $POINTS_OF using (counted(of(K, s) && column(11) == 1 ? column(3) : NaN)):6 with points lc rgb light(s) pt 9 ps 0.9 notitle, \
             $POINTS_OF using (here(K) && column(10) == 0 && column(11) == 0 ? column(3) : NaN):6 with points lc rgb 0x303030 pt 6 ps 1.5 lw 0.8 notitle, \
             for [s = 1:METHODS] $LABELS using (of(K, s) ? column(5) : NaN):6:(POINT_TITLE[int(column(7))]) with labels center font TINY textcolor rgb colour(s) noenhanced notitle
    }
}
unset multiplot
ROWS_DRAWN = POINTS_DRAWN
load SCRIPTS.'/end.gp'
