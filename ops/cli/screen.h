/*
 * ops/cli/screen.h
 *    A full-screen terminal through ncurses: lines in one of a few styles, and keys. Nobody else includes ncurses.
 */
#ifndef TIPOFF_OPS_SCREEN_H
#define TIPOFF_OPS_SCREEN_H

#include "libcore/base/err.h"

typedef struct Screen Screen;

typedef enum { STYLE_PLAIN, STYLE_TITLE, STYLE_HEADER, STYLE_CHOSEN } ScreenStyle;

/* Whatever else was typed is its character. */
typedef enum {
    KEY_IS_UP = 256,
    KEY_IS_DOWN,
    KEY_IS_PAGE_UP,
    KEY_IS_PAGE_DOWN,
    KEY_IS_FIRST,
    KEY_IS_LAST,
    KEY_IS_OPEN,   /* Enter, right */
    KEY_IS_BACK,   /* Escape, left, Backspace */
    KEY_IS_RESIZE, /* the terminal has another size now: draw again */
    KEY_IS_END,    /* there will be no more keys */
} ScreenKey;

/* Takes the terminal. ERR_CONFIG where it is none that can be drawn on. */
NODISCARD bool screen_open(Screen **out, Err *err);
void screen_close(Screen *s); /* gives it back; NULL is fine */

/* Gives the terminal back for a while, for what writes lines and reads them; screen_show() takes it again. */
void screen_suspend(Screen *s);

int screen_rows(const Screen *s);
int screen_columns(const Screen *s);

/* One whole line, from row 0 on; what does not fit is cut. */
void screen_line(Screen *s, int row, const char *text, ScreenStyle style);
void screen_clear(Screen *s);
void screen_show(Screen *s);
/* The next one draws everything anew, whatever the terminal is believed to show. */
void screen_forget(Screen *s);

/* Waits for a key. */
int screen_read_key(Screen *s);

#endif
