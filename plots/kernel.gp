# Profiles over the lag: the kernel itself as a line, the average of the codes over it, with its 95 % band.  One plot a
# panel, up to four in a row.  Names and series come from the preamble (README.md here).
COLUMNS = PANELS < 4 ? PANELS : PANELS == 5 || PANELS == 6 || PANELS == 9 ? 3 : 4
ROWS = (PANELS + COLUMNS - 1) / COLUMNS
WIDTH = 90 + (COLUMNS < 3 ? 560 : 380) * COLUMNS + 20
WIDTH = WIDTH < 1100 ? 1100 : WIDTH
ROW = 310
SERIES_ENTRIES = 0
ENTRIES = 1 + 2 * SERIES
array ENTRY[ENTRIES]
array ENTRY_STYLE[ENTRIES]
array ENTRY_SERIES[ENTRIES]
ENTRY[1] = 'kernel P_d(τ), closed form'; ENTRY_STYLE[1] = 'line'; ENTRY_SERIES[1] = 0
do for [s = 1:SERIES] {
    ENTRY[2 * s] = 'codes: '.SERIES_TITLE[s]; ENTRY_STYLE[2 * s] = 'point'; ENTRY_SERIES[2 * s] = s
    ENTRY[2 * s + 1] = '95 % interval'; ENTRY_STYLE[2 * s + 1] = 'band'; ENTRY_SERIES[2 * s + 1] = s
}
load SCRIPTS.'/legend.gp'
HEIGHT = ROW * ROWS + 14 + 26 * TITLE_LINES + 20 * QUESTION_LINES + 8 + LEGEND + 30 + 16 + 17 * FOOTER_LINES
load SCRIPTS.'/common.gp'

chosen(p, s) = column('panel') == p && column('series') == s
abscissa(p, s) = chosen(p, s) ? cell('at') : NaN

set multiplot
set lmargin at screen left(80)
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
set border 3 lc rgb 0x404040
set grid xtics ytics lt 1 lw 0.5 lc rgb 0xE4E4E4
set tics nomirror out scale 0.6 font SMALL
set xrange [X_LOW:X_HIGH]
set autoscale y
set xtics autofreq nomirror out
set ytics autofreq nomirror out
set xzeroaxis lt 1 lw 0.8 lc rgb 0xA0A0A0

do for [p = 1:PANELS] {
    ACROSS = (p - 1) % COLUMNS
    DOWN = (p - 1) / COLUMNS
    set lmargin at screen left(80 + (WIDTH - 90) * ACROSS / COLUMNS)
    set rmargin at screen left(80 + (WIDTH - 90) * (ACROSS + 1) / COLUMNS - 50)
    set tmargin at screen top(HEAD + LEGEND + ROW * DOWN + 32)
    set bmargin at screen top(HEAD + LEGEND + ROW * (DOWN + 1) - 40)
    set title fitted(PANEL_TITLE[p], (WIDTH - 90.0) / COLUMNS - 50) noenhanced offset 0,-0.5 font SMALL
    set xlabel (p + COLUMNS > PANELS ? 'lag τ = m − n (positions)' : '') offset 0,0.3
    set ylabel (ACROSS == 0 ? 'P_d(τ)' : '') noenhanced
    plot for [s = 1:SERIES] $ROWS using (abscissa(p, s)):(cell('low')):(cell('high')) with filledcurves fc rgb colour(s) fs solid 0.25 noborder notitle, \
         for [s = 1:SERIES] $ROWS using (counted(abscissa(p, s))):(cell('estimate')) with points lc rgb colour(s) pt point(s) ps 0.25 notitle, \
         for [s = 1:1] $ROWS using (abscissa(p, s)):(cell('closed_form')) with lines lc rgb 0x000000 lw 1.4 notitle
}
unset multiplot
load SCRIPTS.'/end.gp'
