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

# Colours that the colour-blind tell apart (Okabe and Ito), each with its own point.
array COLOURS = [0x0072B2, 0xD55E00, 0x009E73, 0xCC79A7, 0xE69F00, 0x56B4E9, 0x000000, 0x8C510A]
array POINTS = [7, 5, 9, 13, 6, 4, 8, 12]
colour(s) = COLOURS[(s - 1) % 8 + 1]
point(s) = POINTS[(s - 1) % 8 + 1]

# A cell as a number; an empty one leaves its point out.
cell(name) = column(name)

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

# Labels 1 to 3 belong to the page: shown with the first plot, then unset.
QUESTION_TOP = 14 + 26 * TITLE_LINES
HEAD = QUESTION_TOP + 20 * QUESTION_LINES + 8    # first pixel below title and question
FOOT = 16 + 17 * FOOTER_LINES                    # pixels of the footer
set label 1 TITLE at screen left(24),top(28) left font LARGE noenhanced
set label 2 QUESTION at screen left(24),top(QUESTION_TOP + 14) left textcolor rgb 0x404040 noenhanced
set label 3 FOOTER at screen left(24),top(HEIGHT - FOOT + 12) left font SMALL textcolor rgb 0x606060 noenhanced
