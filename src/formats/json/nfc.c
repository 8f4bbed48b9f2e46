/*
 * Unicode normalisation form C, as far as it can be told without the whole character database:
 * characters that never occur in it, and an ASCII letter followed by a mark with which it composes.
 * That catches decomposed text in Latin script, which is what keyboards and file names of some
 * systems produce. Both tables follow Unicode 15 (NFC_Quick_Check=No, and the primary composites).
 */
#include "json_int.h"

#include <string.h>

struct composing {
    uint32_t mark;
    const char *letters; /* ASCII characters that compose with it */
};

static const struct composing composing[] = {
    {0x0300, "AEINOUWYaeinouwy"},
    {0x0301, "ACEGIKLMNOPRSUWYZacegiklmnoprsuwyz"},
    {0x0302, "ACEGHIJOSUWYZaceghijosuwyz"},
    {0x0303, "AEINOUVYaeinouvy"},
    {0x0304, "AEGIOUYaegiouy"},
    {0x0306, "AEGIOUaegiou"},
    {0x0307, "ABCDEFGHIMNOPRSTWXYZabcdefghmnoprstwxyz"},
    {0x0308, "AEHIOUWXYaehiotuwxy"},
    {0x0309, "AEIOUYaeiouy"},
    {0x030A, "AUauwy"},
    {0x030B, "OUou"},
    {0x030C, "ACDEGHIKLNORSTUZacdeghijklnorstuz"},
    {0x030F, "AEIORUaeioru"},
    {0x0311, "AEIORUaeioru"},
    {0x031B, "OUou"},
    {0x0323, "ABDEHIKLMNORSTUVWYZabdehiklmnorstuvwyz"},
    {0x0324, "Uu"},
    {0x0325, "Aa"},
    {0x0326, "STst"},
    {0x0327, "CDEGHKLNRSTcdeghklnrst"},
    {0x0328, "AEIOUaeiou"},
    {0x032D, "DELNTUdelntu"},
    {0x032E, "Hh"},
    {0x0330, "EIUeiu"},
    {0x0331, "BDKLNRTZbdhklnrtz"},
    {0x0338, "<>="},
    {0x0340, "AEINOUWYaeinouwy"},
    {0x0341, "ACEGIKLMNOPRSUWYZacegiklmnoprsuwyz"},
    {0x0344, "IUiu"},
};

struct range {
    uint32_t from, to;
};

/* Characters that normalisation always replaces, in ascending order. */
static const struct range never[] = {
    {0x0340, 0x0341},
    {0x0343, 0x0344},
    {0x0374, 0x0374},
    {0x037E, 0x037E},
    {0x0387, 0x0387},
    {0x0958, 0x095F},
    {0x09DC, 0x09DD},
    {0x09DF, 0x09DF},
    {0x0A33, 0x0A33},
    {0x0A36, 0x0A36},
    {0x0A59, 0x0A5B},
    {0x0A5E, 0x0A5E},
    {0x0B5C, 0x0B5D},
    {0x0F43, 0x0F43},
    {0x0F4D, 0x0F4D},
    {0x0F52, 0x0F52},
    {0x0F57, 0x0F57},
    {0x0F5C, 0x0F5C},
    {0x0F69, 0x0F69},
    {0x0F73, 0x0F73},
    {0x0F75, 0x0F76},
    {0x0F78, 0x0F78},
    {0x0F81, 0x0F81},
    {0x0F93, 0x0F93},
    {0x0F9D, 0x0F9D},
    {0x0FA2, 0x0FA2},
    {0x0FA7, 0x0FA7},
    {0x0FAC, 0x0FAC},
    {0x0FB9, 0x0FB9},
    {0x1F71, 0x1F71},
    {0x1F73, 0x1F73},
    {0x1F75, 0x1F75},
    {0x1F77, 0x1F77},
    {0x1F79, 0x1F79},
    {0x1F7B, 0x1F7B},
    {0x1F7D, 0x1F7D},
    {0x1FBB, 0x1FBB},
    {0x1FBE, 0x1FBE},
    {0x1FC9, 0x1FC9},
    {0x1FCB, 0x1FCB},
    {0x1FD3, 0x1FD3},
    {0x1FDB, 0x1FDB},
    {0x1FE3, 0x1FE3},
    {0x1FEB, 0x1FEB},
    {0x1FEE, 0x1FEF},
    {0x1FF9, 0x1FF9},
    {0x1FFB, 0x1FFB},
    {0x1FFD, 0x1FFD},
    {0x2000, 0x2001},
    {0x2126, 0x2126},
    {0x212A, 0x212B},
    {0x2329, 0x232A},
    {0x2ADC, 0x2ADC},
    {0xF900, 0xFA0D},
    {0xFA10, 0xFA10},
    {0xFA12, 0xFA12},
    {0xFA15, 0xFA1E},
    {0xFA20, 0xFA20},
    {0xFA22, 0xFA22},
    {0xFA25, 0xFA26},
    {0xFA2A, 0xFA6D},
    {0xFA70, 0xFAD9},
    {0xFB1D, 0xFB1D},
    {0xFB1F, 0xFB1F},
    {0xFB2A, 0xFB36},
    {0xFB38, 0xFB3C},
    {0xFB3E, 0xFB3E},
    {0xFB40, 0xFB41},
    {0xFB43, 0xFB44},
    {0xFB46, 0xFB4E},
    {0x1D15E, 0x1D164},
    {0x1D1BB, 0x1D1C0},
    {0x2F800, 0x2FA1D},
};

static bool never_normal(uint32_t c)
{
    size_t low = 0, high = PW_COUNT(never);
    while (low < high) {
        size_t middle = (low + high) / 2;
        if (c > never[middle].to)
            low = middle + 1;
        else if (c < never[middle].from)
            high = middle;
        else
            return true;
    }
    return false;
}

static bool composes(uint32_t letter, uint32_t mark)
{
    if (letter >= 0x80 || mark < composing[0].mark || mark > composing[PW_COUNT(composing) - 1].mark)
        return false;
    for (size_t i = 0; i < PW_COUNT(composing); i++)
        if (composing[i].mark == mark)
            return letter != 0 && strchr(composing[i].letters, (int)letter) != NULL;
    return false;
}

/* Decodes one character of well-formed UTF-8. */
static uint32_t decode(const unsigned char *p, size_t *len)
{
    if (p[0] < 0x80) {
        *len = 1;
        return p[0];
    }
    *len = p[0] < 0xE0 ? 2 : p[0] < 0xF0 ? 3 : 4;
    uint32_t c = p[0] & (0x7Fu >> *len);
    for (size_t i = 1; i < *len; i++)
        c = c << 6 | (p[i] & 0x3Fu);
    return c;
}

bool pw_text_is_nfc(struct pw_str text)
{
    uint32_t before = 0;
    for (size_t i = 0, len; i < text.len; i += len) {
        uint32_t c = decode((const unsigned char *)text.data + i, &len);
        if (never_normal(c) || composes(before, c))
            return false;
        before = c;
    }
    return true;
}
