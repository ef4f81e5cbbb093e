# A measure over two axes as a map: the experiment's axis across, the first number that tells series apart up, one panel for
# whatever else differs; each cell says its value, and below it the 95 % interval's half width.  Names come from the preamble (README.md here).
WIDTH = 130 + 640 * PANELS
WIDTH = WIDTH < 1100 ? 1100 : WIDTH
ROW = 520
SERIES_ENTRIES = 0
ENTRIES = 1
array ENTRY[ENTRIES]
array ENTRY_STYLE[ENTRIES]
array ENTRY_SERIES[ENTRIES]
ENTRY[1] = 'each cell: mean over the trials, and half the width of its 95 % interval'; ENTRY_STYLE[1] = 'text'; ENTRY_SERIES[1] = 0
load SCRIPTS.'/legend.gp'
HEIGHT = ROW * MEASURES + 14 + 26 * TITLE_LINES + 20 * QUESTION_LINES + 8 + LEGEND + 16 + 17 * FOOTER_LINES
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

# Cells of equal size: places are the numbers' ranks on a scale of powers of 2.
place(value) = log(value) / log(2)
ACROSS_LOW = place(X_LOW)
ACROSS_HIGH = place(X_HIGH)
UPWARD_LOW = place(SERIES_LOW)
UPWARD_HIGH = place(SERIES_HIGH)
chosen(m, p) = column('measure') == m && column('panel') == p ? cell('estimate') : NaN
set border 3 lc rgb 0x404040
set tics nomirror out scale 0.6 font SMALL
set xtics nomirror
set ytics nomirror
set style fill solid 1 noborder
set palette defined (0 '#F7FBFF', 0.25 '#C6DBEF', 0.5 '#6BAED6', 0.75 '#2171B5', 1 '#08306B')
do for [m = 1:MEASURES] {
    set cbrange [0:MEASURE_HIGH[m]]
    do for [p = 1:PANELS] {
        STEP_X = SERIES_STEP
        STEP_Y = SERIES_STEP
        set lmargin at screen left(110 + (WIDTH - 120) * (p - 1) / PANELS)
        set rmargin at screen left(110 + (WIDTH - 120) * p / PANELS - 110)
        set tmargin at screen top(HEAD + LEGEND + ROW * (m - 1) + 30)
        set bmargin at screen top(HEAD + LEGEND + ROW * m - 64)
        set xrange [ACROSS_LOW - 0.5 * STEP_X:ACROSS_HIGH + 0.5 * STEP_X]
        set yrange [UPWARD_LOW - 0.5 * STEP_Y:UPWARD_HIGH + 0.5 * STEP_Y]
        set xtics () nomirror
        set ytics () nomirror
        do for [i = 0:30] {
            if (ACROSS_LOW + i * STEP_X <= ACROSS_HIGH + 0.01) { set xtics add (sprintf('%.0f', 2 ** (ACROSS_LOW + i * STEP_X)) ACROSS_LOW + i * STEP_X) }
            if (UPWARD_LOW + i * STEP_Y <= UPWARD_HIGH + 0.01) { set ytics add (sprintf('%.0f', 2 ** (UPWARD_LOW + i * STEP_Y)) UPWARD_LOW + i * STEP_Y) }
        }
        set title fitted(PANEL_TITLE[p], (WIDTH - 120.0) / PANELS - 110) noenhanced offset 0,-0.4
        set xlabel AXIS_TITLE
        set ylabel (p == 1 ? SERIES_AXIS_TITLE : '')
        set format y (p == 1 ? '%g' : '')
        if (p < PANELS) { unset colorbox } else { set colorbox }
        set cblabel (p == PANELS ? MEASURE_TITLE[m] : '') noenhanced
        plot $ROWS every ::ROWS_FIRST[(m-1)*PANELS+p]::ROWS_LAST[(m-1)*PANELS+p] using (place(cell('at'))):(place(cell('up'))):(0.5 * STEP_X):(0.5 * STEP_Y):(counted(cell('up') > 0 ? chosen(m, p) : NaN)) \
                 with boxxyerror lc palette fs solid 1 border lc rgb 0xFFFFFF notitle, \
             $ROWS every ::ROWS_FIRST[(m-1)*PANELS+p]::ROWS_LAST[(m-1)*PANELS+p] using (chosen(m, p) == chosen(m, p) ? place(cell('at')) : NaN):(place(cell('up'))):(sprintf("%.3f\n±%.3f", chosen(m, p), 0.5 * (cell('high') - cell('low')))):(chosen(m, p) > 0.55 * MEASURE_HIGH[m] ? 0xFFFFFF : 0x000000) \
                 with labels textcolor rgb variable font TINY noenhanced notitle
    }
}
unset multiplot
load SCRIPTS.'/end.gp'
