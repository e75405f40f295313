package org.entente.loadtests.bench;

import de.erichseifert.vectorgraphics2d.VectorGraphics2D;
import de.erichseifert.vectorgraphics2d.svg.SVGProcessor;
import de.erichseifert.vectorgraphics2d.util.PageSize;
import java.awt.BasicStroke;
import java.awt.Color;
import java.awt.Font;
import java.awt.Paint;
import java.awt.geom.Rectangle2D;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.text.DecimalFormat;
import java.text.DecimalFormatSymbols;
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

  private static final int SMALL = 11;
  private static final int LARGE = 16;
  private static final int APART = 12;

  private final String title;
  private final String x;
  private final String y;
  private final XYSeriesCollection lines = new XYSeriesCollection();

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
    plot.setRangeAxis(axis(y));
    XYLineAndShapeRenderer renderer = new XYLineAndShapeRenderer();
    renderer.setDefaultStroke(new BasicStroke(LINE));
    renderer.setAutoPopulateSeriesStroke(false);
    plot.setRenderer(renderer);
    return write(chart, folder, name);
  }

  /** A logarithmic axis with unabbreviated numbers. */
  static LogarithmicAxis axis(String label) {
    LogarithmicAxis axis = new LogarithmicAxis(label);
    axis.setAllowNegativesFlag(false);
    axis.setStrictValuesFlag(true);
    axis.setNumberFormatOverride(
        new DecimalFormat("#,##0.###", DecimalFormatSymbols.getInstance(Locale.ROOT)));
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
