package org.entente.loadtests.bench;

import de.erichseifert.vectorgraphics2d.VectorGraphics2D;
import de.erichseifert.vectorgraphics2d.svg.SVGProcessor;
import de.erichseifert.vectorgraphics2d.util.PageSize;
import java.awt.BasicStroke;
import java.awt.Color;
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
import org.jfree.chart.axis.LogarithmicAxis;
import org.jfree.chart.plot.PlotOrientation;
import org.jfree.chart.plot.XYPlot;
import org.jfree.chart.renderer.xy.XYLineAndShapeRenderer;
import org.jfree.data.xy.XYSeries;
import org.jfree.data.xy.XYSeriesCollection;

/** Lines with points over two logarithmic axes, as SVG. Not safe for many threads. */
public final class LogChart {
  private static final int WIDTH = 900;
  private static final int HEIGHT = 560;
  private static final float LINE = 1.8f;

  private final String title;
  private final String x;
  private final String y;
  private final XYSeriesCollection lines = new XYSeriesCollection();

  /** A chart without lines; {@code x} and {@code y} say what is along its axes. */
  public LogChart(String title, String x, String y) {
    this.title = title;
    this.x = x;
    this.y = y;
  }

  /** Adds a line, unless it has fewer than two points; coordinates are above 0. */
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
   * Draws it.
   *
   * @param name of the file, without its ending
   * @return the name of the file in the folder
   */
  public String write(Path folder, String name) throws IOException {
    JFreeChart chart =
        ChartFactory.createXYLineChart(
            title, x, y, lines, PlotOrientation.VERTICAL, true, false, false);
    XYPlot plot = chart.getXYPlot();
    plot.setDomainAxis(axis(x));
    plot.setRangeAxis(axis(y));
    plot.setBackgroundPaint(Color.WHITE);
    plot.setDomainGridlinePaint(Color.LIGHT_GRAY);
    plot.setRangeGridlinePaint(Color.LIGHT_GRAY);
    XYLineAndShapeRenderer renderer = new XYLineAndShapeRenderer();
    renderer.setDefaultStroke(new BasicStroke(LINE));
    renderer.setAutoPopulateSeriesStroke(false);
    plot.setRenderer(renderer);
    return write(chart, folder, name);
  }

  /** With its numbers in full, as text. */
  static LogarithmicAxis axis(String label) {
    LogarithmicAxis axis = new LogarithmicAxis(label);
    axis.setAllowNegativesFlag(false);
    axis.setStrictValuesFlag(true);
    axis.setNumberFormatOverride(
        new DecimalFormat("#,##0.###", DecimalFormatSymbols.getInstance(Locale.ROOT)));
    return axis;
  }

  /** Writes any chart as SVG; the name of its file. */
  static String write(JFreeChart chart, Path folder, String name) throws IOException {
    VectorGraphics2D graphics = new VectorGraphics2D();
    chart.setBackgroundPaint(Color.WHITE);
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
