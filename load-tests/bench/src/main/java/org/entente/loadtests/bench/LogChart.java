package org.entente.loadtests.bench;

import de.erichseifert.vectorgraphics2d.VectorGraphics2D;
import de.erichseifert.vectorgraphics2d.svg.SVGProcessor;
import de.erichseifert.vectorgraphics2d.util.PageSize;
import java.awt.BasicStroke;
import java.awt.Color;
import java.awt.Font;
import java.awt.Paint;
import java.awt.Shape;
import java.awt.geom.Line2D;
import java.awt.geom.Rectangle2D;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.text.DecimalFormat;
import java.text.DecimalFormatSymbols;
import java.util.EnumMap;
import java.util.Locale;
import java.util.Map;
import org.jfree.chart.ChartFactory;
import org.jfree.chart.JFreeChart;
import org.jfree.chart.StandardChartTheme;
import org.jfree.chart.axis.LogarithmicAxis;
import org.jfree.chart.plot.DefaultDrawingSupplier;
import org.jfree.chart.plot.PlotOrientation;
import org.jfree.chart.plot.XYPlot;
import org.jfree.chart.renderer.xy.XYLineAndShapeRenderer;
import org.jfree.chart.text.TextUtils;
import org.jfree.chart.ui.RectangleInsets;
import org.jfree.data.xy.XYSeries;
import org.jfree.data.xy.XYSeriesCollection;

/** Line chart with two logarithmic axes, as SVG. Not thread-safe. */
public final class LogChart {
  private static final int WIDTH = 900;
  private static final int HEIGHT = 560;
  private static final float LINE = 1.8f;

  /** Colours of Okabe and Ito, which colour-blind readers can also distinguish on white. */
  private static final Paint[] COLOURS = {
    new Color(0x0072b2),
    new Color(0xd55e00),
    new Color(0x009e73),
    new Color(0xcc79a7),
    new Color(0x56b4e9),
    new Color(0xe69f00),
    new Color(0x000000),
    new Color(0x8c6d31),
    new Color(0x7b4fa3)
  };

  /** Patterns of the lines of one system; the first has no gaps. */
  private static final float[][] DASHES = {
    {1, 0}, {9, 4}, {2, 3}, {12, 3, 2, 3}, {18, 4}, {6, 2, 2, 2, 2, 2}
  };

  private static final Shape LEGEND_LINE = new Line2D.Double(-20, 0, 20, 0);
  private static final DecimalFormat NUMBER =
      new DecimalFormat("#,##0.###", DecimalFormatSymbols.getInstance(Locale.ROOT));

  private static final int SMALL = 11;
  private static final int LARGE = 16;
  private static final int APART = 12;

  private final String title;
  private final String x;
  private final String y;
  private final XYSeriesCollection lines = new XYSeriesCollection();
  private final XYLineAndShapeRenderer renderer = new XYLineAndShapeRenderer();
  private final Map<Subject, Integer> ofSystem = new EnumMap<>(Subject.class);

  /** A chart without lines; {@code x} and {@code y} are the labels of its axes. */
  public LogChart(String title, String x, String y) {
    this.title = title;
    this.x = x;
    this.y = y;
  }

  /** Adds a line if it has at least two points; coordinates must be above 0. */
  public void line(String name, Map<? extends Number, ? extends Number> points) {
    if (points.size() > 1) {
      XYSeries series = new XYSeries(name);
      points.forEach(series::add);
      lines.addSeries(series);
    }
  }

  /** Adds a line of a system, in its colour; further ones of the same system are dashed. */
  void line(Subject subject, String name, Map<? extends Number, ? extends Number> points) {
    int series = lines.getSeriesCount();
    line(name, points);
    if (lines.getSeriesCount() > series) {
      int before = ofSystem.merge(subject, 1, Integer::sum) - 1;
      renderer.setSeriesPaint(series, subject.colour());
      renderer.setSeriesStroke(series, stroke(DASHES[before % DASHES.length]));
    }
  }

  private static BasicStroke stroke(float[] dashes) {
    return new BasicStroke(LINE, BasicStroke.CAP_BUTT, BasicStroke.JOIN_ROUND, 1, dashes, 0);
  }

  /** Whether there is anything to draw. */
  public boolean hasLines() {
    return lines.getSeriesCount() > 0;
  }

  /**
   * Draws the chart.
   *
   * @param name of the file, without extension
   * @return the name of the file in the folder
   */
  public String write(Path folder, String name) throws IOException {
    JFreeChart chart =
        ChartFactory.createXYLineChart(
            title, x, y, lines, PlotOrientation.VERTICAL, true, false, false);
    XYPlot plot = chart.getXYPlot();
    plot.setDomainAxis(axis(x));
    LogarithmicAxis range = axis(y);
    // Whole decades, so that at least two numbers are at the axis.
    range.setAutoRangeNextLogFlag(true);
    plot.setRangeAxis(range);
    renderer.setLegendLine(LEGEND_LINE);
    renderer.setDefaultStroke(new BasicStroke(LINE));
    renderer.setAutoPopulateSeriesStroke(false);
    // A theme would replace colours that were set.
    renderer.setAutoPopulateSeriesPaint(ofSystem.isEmpty());
    plot.setRenderer(renderer);
    return write(chart, folder, name);
  }

  /** A logarithmic axis with unabbreviated numbers. */
  private static LogarithmicAxis axis(String label) {
    LogarithmicAxis axis = new LogarithmicAxis(label);
    axis.setAllowNegativesFlag(false);
    axis.setStrictValuesFlag(true);
    axis.setNumberFormatOverride(NUMBER);
    return axis;
  }

  private static StandardChartTheme theme() {
    StandardChartTheme theme = new StandardChartTheme("results");
    theme.setExtraLargeFont(new Font(Font.SANS_SERIF, Font.BOLD, LARGE));
    theme.setLargeFont(new Font(Font.SANS_SERIF, Font.PLAIN, SMALL + 1));
    theme.setRegularFont(new Font(Font.SANS_SERIF, Font.PLAIN, SMALL));
    theme.setSmallFont(new Font(Font.SANS_SERIF, Font.PLAIN, SMALL));
    theme.setGridBandPaint(Color.WHITE);
    theme.setDomainGridlinePaint(Color.LIGHT_GRAY);
    theme.setRangeGridlinePaint(Color.LIGHT_GRAY);
    theme.setDrawingSupplier(
        new DefaultDrawingSupplier(
            COLOURS,
            DefaultDrawingSupplier.DEFAULT_OUTLINE_PAINT_SEQUENCE,
            DefaultDrawingSupplier.DEFAULT_STROKE_SEQUENCE,
            DefaultDrawingSupplier.DEFAULT_OUTLINE_STROKE_SEQUENCE,
            DefaultDrawingSupplier.DEFAULT_SHAPE_SEQUENCE));
    return theme;
  }

  /** Writes any chart as SVG and returns the name of its file. */
  static String write(JFreeChart chart, Path folder, String name) throws IOException {
    // Labels of axes as text: their outlines would have another size.
    TextUtils.setUseDrawRotatedStringWorkaround(false);
    VectorGraphics2D graphics = new VectorGraphics2D();
    theme().apply(chart);
    chart.setBackgroundPaint(Color.WHITE);
    chart.getPlot().setBackgroundPaint(Color.WHITE);
    if (chart.getLegend() != null) {
      // Viewers may have other fonts with wider letters.
      chart.getLegend().setItemLabelPadding(new RectangleInsets(2, 2, 2, APART));
    }
    chart.draw(graphics, new Rectangle2D.Double(0, 0, WIDTH, HEIGHT));
    String file = name + ".svg";
    try (OutputStream out = Files.newOutputStream(folder.resolve(file))) {
      new SVGProcessor()
          .getDocument(graphics.getCommands(), new PageSize(WIDTH, HEIGHT))
          .writeTo(out);
    }
    return file;
  }
}
