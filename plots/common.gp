# What all pictures share: terminal, fonts, colours, point types, title and footer.  WIDTH and HEIGHT are in pixels.
set encoding utf8
set datafile separator comma
set datafile missing NaN
set datafile columnheaders

FONT = 'DejaVu Sans'
if (TERMINAL eq 'svg') {
    set terminal svg size WIDTH,HEIGHT font FONT.',14' background rgb 'white' noenhanced dynamic
} else {
    set terminal pngcairo size WIDTH,HEIGHT font FONT.',11' background rgb 'white' noenhanced
}
set output OUTPUT

# Colours that the colour-blind tell apart (Okabe and Ito, and a brown), and points, filled, open and crosses: 24 pairs.  From
# the ninth series on, when colours return, lines are dashed.
array COLOURS = [0x0072B2, 0xD55E00, 0x009E73, 0xCC79A7, 0xE69F00, 0x56B4E9, 0x000000, 0x8C510A]
array POINTS = [7, 5, 9, 13, 6, 4, 8, 12, 2, 1, 3, 14]
array DASHES = [1, 4, 5, 3]
colour(s) = s < 1 ? 0x404040 : COLOURS[(s - 1) % 8 + 1]
light(s) = (colour(s) >> 1 & 0x7F7F7F) + 0x808080 # halfway to the paper
point(s) = s < 1 ? 7 : POINTS[(s - 1) % 12 + 1]
dash(s) = s < 1 ? 1 : DASHES[(s - 1) / 8 % 4 + 1]

# A cell as a number; an empty one leaves its point out.
cell(name) = column(name)

# The abscissa of a row where it is drawn as a point; end.gp compares their number with what there is to draw.
COUNTED = 0
counted(value) = (COUNTED = value == value ? COUNTED + 1 : COUNTED, value)

# Screen coordinates of pixels from the left and from the top.
left(pixels) = real(pixels) / WIDTH
top(pixels) = 1 - real(pixels) / HEIGHT

SMALL = FONT.(TERMINAL eq 'svg' ? ',12' : ',9.5')
TINY = FONT.(TERMINAL eq 'svg' ? ',11' : ',8.5')
LARGE = FONT.(TERMINAL eq 'svg' ? ',19' : ',15')

set border 3 lc rgb 0x404040
set tics nomirror out scale 0.6 font SMALL
set grid xtics ytics lt 1 lw 0.5 lc rgb 0xE4E4E4
set style fill solid 0.2 noborder

# Title, question, footer and legend belong to the page: shown with the first plot, then all labels, arrows and objects are unset.
QUESTION_TOP = 14 + 26 * TITLE_LINES
HEAD = QUESTION_TOP + 20 * QUESTION_LINES + 8    # first pixel below title and question
FOOT = 16 + 17 * FOOTER_LINES                    # pixels of the footer
set label 1 TITLE at screen left(24),top(28) left font LARGE noenhanced
set label 2 QUESTION at screen left(24),top(QUESTION_TOP + 14) left textcolor rgb 0x404040 noenhanced
set label 3 FOOTER at screen left(24),top(HEIGHT - FOOT + 12) left font SMALL textcolor rgb 0x606060 noenhanced

# The legend, where legend.gp has placed one.  Styles of its entries: curve, line, guide, interval, point, mark, band and text.
ENTRIES = exists('ENTRIES') ? ENTRIES : 0
do for [i = 1:ENTRIES] {
    STYLE = ENTRY_STYLE[i]
    FROM = left(ENTRY_X[i])
    TO = left(ENTRY_X[i] + 32)
    MIDDLE = left(ENTRY_X[i] + 16)
    Y_ENTRY = top(HEAD + ENTRY_Y[i])
    S = ENTRY_SERIES[i]
    if (STYLE eq 'curve') { set arrow 100 + i from screen FROM,Y_ENTRY to screen TO,Y_ENTRY nohead lc rgb colour(S) lw 1.6 dt dash(S) }
    if (STYLE eq 'line') { set arrow 100 + i from screen FROM,Y_ENTRY to screen TO,Y_ENTRY nohead lc rgb colour(S) lw 1.6 }
    if (STYLE eq 'guide') { set arrow 100 + i from screen FROM,Y_ENTRY to screen TO,Y_ENTRY nohead lc rgb 0x808080 lw 1.3 dt 2 }
    if (STYLE eq 'interval') { set arrow 100 + i from screen FROM,Y_ENTRY to screen TO,Y_ENTRY heads size screen 4.0 / WIDTH,90 lc rgb colour(S) lw 1.2 }
    if (STYLE eq 'band') { set object 100 + i rectangle from screen FROM,top(HEAD + ENTRY_Y[i] + 5) to screen TO,top(HEAD + ENTRY_Y[i] - 5) fc rgb colour(S) fs solid 0.25 noborder }
    if (STYLE eq 'curve' || STYLE eq 'point' || STYLE eq 'interval') {
        set label 100 + i '' at screen MIDDLE,Y_ENTRY point lc rgb colour(S) pt point(S) ps (STYLE eq 'interval' ? 0.7 : 1.1)
    }
    if (STYLE eq 'mark') { set label 100 + i '' at screen MIDDLE,Y_ENTRY point lc rgb colour(S) pt 11 ps 1.2 }
    set label 200 + i ENTRY[i] at screen left(ENTRY_X[i] + sample(i)),Y_ENTRY left noenhanced font (i <= SERIES_ENTRIES ? FONT : SMALL) \
        textcolor rgb (STYLE eq 'text' ? 0x707070 : 0x000000)
}
