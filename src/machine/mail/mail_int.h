/* Private to mail: the words of the letters. */
#ifndef MAIL_INT_H
#define MAIL_INT_H

#include <pandwacht/base.h>
#include <pandwacht/mail.h>

struct mail_words {
    const char *word, *subject_nl, *text_nl, *subject_en, *text_en;
};

extern const struct mail_words mail_words[PW_MAILS];

#endif
