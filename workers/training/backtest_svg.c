/*
 * workers/training/backtest_svg.c
 *    Two panels in SVG: bars of errors on the left, lines of calibration on the right.
 */
#include "workers/training/backtest_svg.h"
#include <math.h>

enum {
    WIDTH = 960,
    HEIGHT = 470,
    TOP = 60,
    PANEL = 340, /* height and width of the plot on the right, height of the one on the left */
    BARS_LEFT = 190,
    BARS_WIDTH = 240,
    PLOT_LEFT = 560,
    LEAST_IN_BIN = 20, /* rows below which a mean says nothing */
    TICK = 10,
    MOST_POINTS = 40,
};

/* Told apart by people who do not see all colours. */
static const char *const colours[] = {"#0072b2", "#d55e00", "#009e73", "#cc79a7", "#e69f00", "#56b4e9", "#000000"};

static const char *
colour(size_t i)
{
    return colours[i % ARRAY_LEN(colours)];
}

static void
put_text(Buf *out, double x, double y, const char *anchor, const char *text)
{
    buf_printf(out, "<text x=\"%.1f\" y=\"%.1f\" text-anchor=\"%s\">", x, y, anchor);
    for (; *text != '\0'; text++) {
        if (*text == '&')
            buf_put_str(out, "&amp;");
        else if (*text == '<')
            buf_put_str(out, "&lt;");
        else
            buf_put_u8(out, (uint8_t)*text);
    }
    buf_put_str(out, "</text>\n");
}

static void
put_number(Buf *out, double x, double y, const char *anchor, double v, int digits)
{
    buf_printf(out, "<text x=\"%.1f\" y=\"%.1f\" text-anchor=\"%s\">%.*f</text>\n", x, y, anchor, digits, v);
}

static void
put_line(Buf *out, double x1, double y1, double x2, double y2, const char *stroke)
{
    buf_printf(out, "<line x1=\"%.1f\" y1=\"%.1f\" x2=\"%.1f\" y2=\"%.1f\" stroke=\"%s\"/>\n", x1, y1, x2, y2, stroke);
}

/* ---- errors ---- */

static double
largest_error(const EvaluationFigures *f, size_t count)
{
    double most = 0.0;

    for (size_t i = 0; i < count; i++)
        most = fmax(most, f[i].mae);
    return most;
}

/* Bars begin at zero. */
static void
put_errors(Buf *out, const EvaluationFigures *f, size_t count)
{
    const double most = largest_error(f, count), row = (double)PANEL / (double)(count > 0 ? count : 1);

    put_text(out, BARS_LEFT, TOP - 10, "start", "mean absolute error, points");
    for (size_t i = 0; i < count; i++) {
        const double y = TOP + row * (double)i, length = most > 0.0 && !isnan(f[i].mae) ? f[i].mae / most : 0.0;

        put_text(out, BARS_LEFT - 8, y + row * 0.5 + 4, "end", f[i].system_id);
        buf_printf(out, "<rect x=\"%d\" y=\"%.1f\" width=\"%.1f\" height=\"%.1f\" fill=\"%s\"/>\n", BARS_LEFT,
                   y + row * 0.2, BARS_WIDTH * length, row * 0.6, colour(i));
        if (!isnan(f[i].mae))
            put_number(out, BARS_LEFT + BARS_WIDTH * length + 6, y + row * 0.5 + 4, "start", f[i].mae, 3);
    }
    put_line(out, BARS_LEFT, TOP, BARS_LEFT, TOP + PANEL, "#444");
}

/* ---- calibration ---- */

static double
plot_x(double points)
{
    return PLOT_LEFT + PANEL * points / MOST_POINTS;
}

static double
plot_y(double points)
{
    return TOP + PANEL - PANEL * points / MOST_POINTS;
}

static void
put_axes(Buf *out)
{
    put_text(out, PLOT_LEFT, TOP - 10, "start", "mean of what came of it, by what was predicted");
    put_line(out, plot_x(0), plot_y(0), plot_x(MOST_POINTS), plot_y(0), "#444");
    put_line(out, plot_x(0), plot_y(0), plot_x(0), plot_y(MOST_POINTS), "#444");
    put_line(out, plot_x(0), plot_y(0), plot_x(MOST_POINTS), plot_y(MOST_POINTS), "#bbb");
    for (int p = 0; p <= MOST_POINTS; p += TICK) {
        put_number(out, plot_x(p), plot_y(0) + 18, "middle", p, 0);
        put_number(out, plot_x(0) - 8, plot_y(p) + 4, "end", p, 0);
    }
}

static void
put_curve(Buf *out, const EvaluationFigures *f, size_t i)
{
    buf_printf(out, "<polyline fill=\"none\" stroke=\"%s\" stroke-width=\"2\" points=\"", colour(i));
    for (size_t b = 0; b < EVALUATION_BINS; b++)
        if (f->bins[b].count >= LEAST_IN_BIN)
            buf_printf(out, "%.1f,%.1f ", plot_x(f->bins[b].predicted), plot_y(f->bins[b].actual));
    buf_put_str(out, "\"/>\n");
}

void
backtest_svg(const char *title, const EvaluationFigures *figures, size_t count, Buf *out)
{
    buf_printf(out,
               "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 %d %d\" font-family=\"sans-serif\""
               " font-size=\"12\">\n<rect width=\"%d\" height=\"%d\" fill=\"#fff\"/>\n",
               WIDTH, HEIGHT, WIDTH, HEIGHT);
    put_text(out, 20, 24, "start", title);
    put_errors(out, figures, count);
    put_axes(out);
    for (size_t i = 0; i < count; i++)
        put_curve(out, &figures[i], i);
    put_text(out, PLOT_LEFT, HEIGHT - 18, "start", "colours as on the left; means of 20 rows or more");
    buf_put_str(out, "</svg>\n");
}
