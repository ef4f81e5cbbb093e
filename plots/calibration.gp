# Calibration: for every claim the share of p-values up to p, minus p, with the simultaneous bands.  Variables: README.md here.
COLUMNS_OF_PANELS = CLAIMS < 4 ? CLAIMS : 4
LINES_OF_PANELS = (CLAIMS + COLUMNS_OF_PANELS - 1) / COLUMNS_OF_PANELS
PANEL_WIDTH = COLUMNS_OF_PANELS == 1 ? 900 : COLUMNS_OF_PANELS == 2 ? 520 : COLUMNS_OF_PANELS == 3 ? 380 : 300
PANEL_HEIGHT = COLUMNS_OF_PANELS < 3 ? 330 : 230
WIDTH = 90 + COLUMNS_OF_PANELS * PANEL_WIDTH + 20
WIDTH = WIDTH < 1100 ? 1100 : WIDTH
PANEL_WIDTH = (WIDTH - 110) / COLUMNS_OF_PANELS
LEGEND = 44
HEIGHT = 14 + 26 * TITLE_LINES + 20 * QUESTION_LINES + 8 + LEGEND + LINES_OF_PANELS * PANEL_HEIGHT + 58 + 16 + 17 * FOOTER_LINES
load SCRIPTS.'/common.gp'

FAILED = 0
do for [c = 1:CLAIMS] { FAILED = FAILED + CLAIM_FAILS[c] }

set multiplot

# The legend: an empty plot across the page.
set lmargin at screen left(90)
set rmargin at screen left(WIDTH - 20)
set tmargin at screen top(HEAD)
set bmargin at screen top(HEAD + LEGEND - 10)
unset border
unset tics
unset grid
set xrange [0:1]
set yrange [1:2]
set key at screen left(24),top(HEAD) left top horizontal Left reverse maxrows 1 samplen 2.5 width 2 font SMALL noenhanced
plot NaN notitle, \
     keyentry with lines lw 2 lc rgb COLOURS[1] title 'p-values of a claim', \
     keyentry with lines lw 2 lc rgb COLOURS[2] title (FAILED > 0 ? 'of a claim whose p-values are not uniform' : 'of a claim that is rejected (none is)'), \
     keyentry with boxes fs solid 1 noborder fc rgb 0xE3EAF1 title 'band that 95 % of uniform samples stay in', \
     keyentry with lines dt 4 lw 1.2 lc rgb 0xA03030 title sprintf('rejected beyond: level %g, first step of Holm', LEVEL)
unset label 1
unset label 2
unset label 3
unset key

set border 3 lc rgb 0x404040
set grid xtics ytics lt 1 lw 0.5 lc rgb 0xE4E4E4
set tics nomirror out scale 0.6 font SMALL

# The same scale everywhere; what is far beyond its limit is cut off, and its distance stands in its title.
LARGEST = 0
LIMIT = 0
do for [c = 1:CLAIMS] {
    LARGEST = CLAIM_DISTANCE[c] > LARGEST ? CLAIM_DISTANCE[c] : LARGEST
    LIMIT = CLAIM_LIMIT[c] > LIMIT ? CLAIM_LIMIT[c] : LIMIT
}
REACH = 1.15 * LIMIT
REACH = LARGEST > REACH ? (1.1 * LARGEST < 2 * LIMIT ? 1.1 * LARGEST : 2 * LIMIT) : REACH
STEP = REACH > 0.6 ? 0.4 : REACH > 0.25 ? 0.2 : REACH > 0.12 ? 0.1 : REACH > 0.05 ? 0.04 : 0.02

do for [c = 1:CLAIMS] {
    PLACE = (c - 1) % COLUMNS_OF_PANELS
    LINE = (c - 1) / COLUMNS_OF_PANELS
    FIRST = PLACE == 0
    LAST = c + COLUMNS_OF_PANELS > CLAIMS
    set lmargin at screen left(90 + PANEL_WIDTH * PLACE)
    set rmargin at screen left(90 + PANEL_WIDTH * (PLACE + 1) - 24)
    set tmargin at screen top(HEAD + LEGEND + PANEL_HEIGHT * LINE + 44)
    set bmargin at screen top(HEAD + LEGEND + PANEL_HEIGHT * (LINE + 1) - 4)
    set xrange [0:1]
    set yrange [-REACH:REACH]
    set xtics 0,0.25,1 nomirror out
    set ytics -10 * STEP,STEP,10 * STEP nomirror out
    set format x (LAST ? '%g' : '')
    set format y (FIRST ? '%g' : '')
    set xlabel (LAST ? 'p' : '') font SMALL
    set ylabel (FIRST ? "share of p-values\nup to p, minus p" : '') font SMALL
    set label 4 CLAIM_TITLE[c] at graph 0,1 left offset 0,1.55 font FONT noenhanced textcolor rgb (CLAIM_FAILS[c] ? COLOURS[2] : 0x202020)
    set label 5 CLAIM_NOTE[c] at graph 0,1 left offset 0,0.55 font TINY noenhanced textcolor rgb 0x606060
    set object 1 rectangle from 0,-CLAIM_BAND[c] to 1,CLAIM_BAND[c] fc rgb 0xE3EAF1 fs solid noborder behind
    plot 0 with lines lc rgb 0x404040 lw 0.8 notitle, \
         CLAIM_LIMIT[c] with lines dt 4 lw 1.2 lc rgb 0xA03030 notitle, \
         -CLAIM_LIMIT[c] with lines dt 4 lw 1.2 lc rgb 0xA03030 notitle, \
         CSV every ::CLAIM_FIRST[c]::CLAIM_LAST[c] using (cell('p')):(0.5 * (cell('below') + cell('above'))) \
             with lines lw 1.8 lc rgb colour(CLAIM_FAILS[c] ? 2 : 1) notitle, \
         CSV every ::CLAIM_FIRST[c]::CLAIM_LAST[c] using (cell('p')):(cell('below')):(0):(cell('above') - cell('below')) \
             with vectors nohead lw 1.8 lc rgb colour(CLAIM_FAILS[c] ? 2 : 1) notitle
    unset label 4
    unset label 5
    unset object 1
}
unset multiplot
