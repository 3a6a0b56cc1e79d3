/*
 * ops/cli/screen.c
 *    ncurses, and nothing of what is drawn.
 */
#include "ops/cli/screen.h"
#include <curses.h>
#include <locale.h>
#include <stdio.h>
#include <stdlib.h>

struct Screen {
    SCREEN *terminal;
};

bool
screen_open(Screen **out, Err *err)
{
    Screen *s = calloc(1, sizeof *s);

    if (s == NULL)
        abort();
    (void)setlocale(LC_CTYPE, ""); /* NOLINT(concurrency-mt-unsafe): the only thread */
    s->terminal = newterm(NULL, stdout, stdin);
    if (s->terminal == NULL) {
        free(s);
        return ERR_FAIL(err, ERR_CONFIG, "this terminal cannot be drawn on: set TERM, or use the verbs of the command");
    }
    (void)cbreak();
    (void)noecho();
    (void)keypad(stdscr, TRUE);
    (void)set_escdelay(50);
    (void)curs_set(0);
    *out = s;
    return true;
}

void
screen_close(Screen *s)
{
    if (s == NULL)
        return;
    (void)endwin();
    delscreen(s->terminal);
    free(s);
}

void
screen_suspend(Screen *s)
{
    (void)s;
    (void)endwin();
}

int
screen_rows(const Screen *s)
{
    (void)s;
    return LINES;
}

int
screen_columns(const Screen *s)
{
    (void)s;
    return COLS;
}

void
screen_line(Screen *s, int row, const char *text, ScreenStyle style)
{
    static const attr_t looks[] = {
        [STYLE_PLAIN] = A_NORMAL, [STYLE_TITLE] = A_REVERSE, [STYLE_HEADER] = A_BOLD, [STYLE_CHOSEN] = A_REVERSE};

    (void)s;
    if (row < 0 || row >= LINES)
        return;
    (void)attrset((int)looks[style]);
    (void)mvhline(row, 0, ' ', COLS);
    (void)mvaddnstr(row, 0, text, -1); /* the caller's text is no wider than the line */
    (void)attrset((int)A_NORMAL);
}

void
screen_clear(Screen *s)
{
    (void)s;
    (void)erase();
}

void
screen_show(Screen *s)
{
    (void)s;
    (void)refresh();
}

void
screen_forget(Screen *s)
{
    (void)s;
    (void)clearok(curscr, TRUE);
}

int
screen_read_key(Screen *s)
{
    static const struct {
        int code, key;
    } keys[] = {
        {KEY_UP, KEY_IS_UP},         {'k', KEY_IS_UP},
        {KEY_DOWN, KEY_IS_DOWN},     {'j', KEY_IS_DOWN},
        {KEY_PPAGE, KEY_IS_PAGE_UP}, {KEY_NPAGE, KEY_IS_PAGE_DOWN},
        {' ', KEY_IS_PAGE_DOWN},     {KEY_HOME, KEY_IS_FIRST},
        {'g', KEY_IS_FIRST},         {KEY_END, KEY_IS_LAST},
        {'G', KEY_IS_LAST},          {'\n', KEY_IS_OPEN},
        {'\r', KEY_IS_OPEN},         {KEY_ENTER, KEY_IS_OPEN},
        {KEY_RIGHT, KEY_IS_OPEN},    {27, KEY_IS_BACK},
        {KEY_LEFT, KEY_IS_BACK},     {KEY_BACKSPACE, KEY_IS_BACK},
        {127, KEY_IS_BACK},          {KEY_RESIZE, KEY_IS_RESIZE},
        {ERR, KEY_IS_END},
    };
    int code = getch();

    (void)s;
    for (size_t i = 0; i < ARRAY_LEN(keys); i++)
        if (keys[i].code == code)
            return keys[i].key;
    return code < 256 ? code : 0;
}
