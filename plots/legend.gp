# Where the entries of a legend go on a page that is WIDTH pixels wide.  Loaded before common.gp, which draws them; given are
# ENTRIES with ENTRY[i] (its text), ENTRY_STYLE[i], ENTRY_SERIES[i] (0: grey), and SERIES_ENTRIES: so many of them, the first,
# stand in equal columns, and the others, smaller, one after the other below.  Found: ENTRY_X[i], ENTRY_Y[i] and the height LEGEND.
set encoding utf8
EM = TERMINAL eq 'svg' ? 14 : 14.7
SMALL_EM = TERMINAL eq 'svg' ? 12 : 12.7
SAMPLE = 42 # pixels before the text
GAP = 26    # pixels after it
ROOM = WIDTH - 48

# Bounds on the advance of a character in units of the font's size; what is not listed counts as a full square.
NARROW = "fijlrtI.,:;|'()[]-/ "
PLAIN = 'abcdefghknopqsuvxyz0123456789_?*'
CAPITAL = 'ABCDEFGHJKLNOPQRSTUVXYZ'
advance(c) = strstrt(NARROW, c) > 0 ? 0.42 : strstrt(PLAIN, c) > 0 ? 0.64 : strstrt(CAPITAL, c) > 0 ? 0.79 : 1.0
text_width(text, em) = strlen(text) == 0 ? 0.0 : em * (sum [i = 1:strlen(text)] advance(text[i:i]))
# Titles of panels that would run into each other; a text of usual letters is a tenth narrower than its bound.
fitted(text, pixels) = shortened(text, pixels / (0.9 * text_width(text, EM) + 1))
shortened(text, share) = share >= 1 ? text : text[1:int(share * strlen(text)) - 2].'…'
sample(i) = ENTRY_STYLE[i] eq 'text' ? 0 : SAMPLE
size_of(i) = i <= SERIES_ENTRIES ? EM : SMALL_EM

array ENTRY_X[ENTRIES]
array ENTRY_Y[ENTRIES]
array ENTRY_WIDTH[ENTRIES]
LONGEST = 1
do for [i = 1:ENTRIES] {
    ENTRY[i] = shortened(ENTRY[i], (ROOM - sample(i)) / (text_width(ENTRY[i], size_of(i)) + 1))
    ENTRY_WIDTH[i] = sample(i) + text_width(ENTRY[i], size_of(i)) + GAP
    if (i <= SERIES_ENTRIES && ENTRY_WIDTH[i] > LONGEST) { LONGEST = ENTRY_WIDTH[i] }
}

# As many columns as there is room for, then only as many as that number of rows needs.
LEGEND_COLUMNS = int((ROOM + GAP) / LONGEST)
LEGEND_COLUMNS = LEGEND_COLUMNS < 1 ? 1 : LEGEND_COLUMNS
LEGEND_ROWS = (SERIES_ENTRIES + LEGEND_COLUMNS - 1) / LEGEND_COLUMNS
LEGEND_COLUMNS = LEGEND_ROWS < 1 ? 1 : (SERIES_ENTRIES + LEGEND_ROWS - 1) / LEGEND_ROWS
LEGEND = 8 + (LEGEND_ROWS > 0 ? 20 * LEGEND_ROWS + 2 : 0)
PEN = 24.0
do for [i = 1:ENTRIES] {
    if (i <= SERIES_ENTRIES) {
        ENTRY_X[i] = 24 + LONGEST * ((i - 1) % LEGEND_COLUMNS)
        ENTRY_Y[i] = 8 + 20 * ((i - 1) / LEGEND_COLUMNS)
    } else {
        if (PEN > 24 && PEN + ENTRY_WIDTH[i] - GAP > 24 + ROOM) {
            PEN = 24.0
            LEGEND = LEGEND + 17
        }
        ENTRY_X[i] = PEN
        ENTRY_Y[i] = LEGEND
        PEN = PEN + ENTRY_WIDTH[i]
    }
}
LEGEND = LEGEND + (ENTRIES > SERIES_ENTRIES ? 17 : 0) + 10
