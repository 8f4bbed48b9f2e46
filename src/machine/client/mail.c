/*
 * A letter handed to a mail server (RFC 5321). TLS is required, the authority is the one that was
 * configured, and nobody but that server is spoken to. Called by the mail room alone.
 */
#include <string.h>

#include "client_int.h"

/* Addresses go into the dialogue as they are: nothing in them may end a line or a path. */
static bool is_address(const char *text)
{
    const char *at = text == NULL ? NULL : strchr(text, '@');

    return at != NULL && at > text && at[1] != '\0' && strlen(text) <= 254 && !client_has_controls(text) &&
           strpbrk(text, " <>\"(),;\\") == NULL;
}

static size_t on_read(char *data, size_t size, size_t count, void *arg)
{
    struct pw_client_call *call = arg;
    size_t room = size * count, n = call->letter.len < room ? call->letter.len : room;

    memcpy(data, call->letter.data, n);
    call->letter.data += n;
    call->letter.len -= n;
    return n;
}

static bool is_mail_url(const char *url)
{
    return url != NULL && !client_has_controls(url) && strchr(url, '@') == NULL &&
           (strncmp(url, "smtp://", 7) == 0 || strncmp(url, "smtps://", 8) == 0);
}

static void set_letter(struct pw_client_call *call, const struct pw_client_mail *mail)
{
    CURL *easy = call->easy;

    call->letter = pw_str_dup(call->arena, mail->message);
    call->headers = curl_slist_append(NULL, mail->to);
    curl_easy_setopt(easy, CURLOPT_PROTOCOLS_STR, "smtp,smtps");
    curl_easy_setopt(easy, CURLOPT_URL, mail->url);
    curl_easy_setopt(easy, CURLOPT_USE_SSL, (long)CURLUSESSL_ALL);
    curl_easy_setopt(easy, CURLOPT_MAIL_FROM, mail->from);
    curl_easy_setopt(easy, CURLOPT_MAIL_RCPT, call->headers);
    curl_easy_setopt(easy, CURLOPT_UPLOAD, 1L);
    curl_easy_setopt(easy, CURLOPT_READFUNCTION, on_read);
    curl_easy_setopt(easy, CURLOPT_READDATA, call);
    if (mail->user != NULL) {
        curl_easy_setopt(easy, CURLOPT_USERNAME, mail->user);
        curl_easy_setopt(easy, CURLOPT_PASSWORD, mail->password == NULL ? "" : mail->password);
    }
}

static bool prepare(struct pw_client_call *call, const struct pw_client_mail *mail, struct pw_err *err)
{
    if (!is_mail_url(mail->url))
        return client_misuse(err, "the mail server must be smtp:// or smtps://, without user name");
    if (!is_address(mail->from) || !is_address(mail->to))
        return client_misuse(err, "a mail address is not one");
    call->mail = true;
    call->allow_private = true; /* the mail server is the operator's own choice */
    client_call_basics(call, 0, 0);
    set_letter(call, mail);
    return client_call_trust(call, mail->ca_file, CURL_SSLVERSION_TLSv1_2, err);
}

bool pw_client_mail(struct pw_client *client, const struct pw_client_mail *mail, pw_client_done on_done,
    void *arg, struct pw_client_call **ret_call, struct pw_err *err)
{
    struct pw_client_call *call = client_call_new(client, on_done, arg, err);

    if (call == NULL)
        return false;
    if (!prepare(call, mail, err)) {
        client_call_free(call);
        return false;
    }
    client_call_queue(call, mail->deadline_ms, ret_call);
    return true;
}
