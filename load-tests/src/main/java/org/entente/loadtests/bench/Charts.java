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
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.entente.loadtests.measure.Percentile;
import org.jfree.chart.ChartFactory;
import org.jfree.chart.JFreeChart;
import org.jfree.chart.axis.LogarithmicAxis;
import org.jfree.chart.plot.CategoryPlot;
import org.jfree.chart.plot.PlotOrientation;
import org.jfree.chart.plot.XYPlot;
import org.jfree.chart.renderer.category.BarRenderer;
import org.jfree.chart.renderer.category.StandardBarPainter;
import org.jfree.chart.renderer.xy.XYLineAndShapeRenderer;
import org.jfree.data.category.DefaultCategoryDataset;
import org.jfree.data.xy.XYSeries;
import org.jfree.data.xy.XYSeriesCollection;

/** A run's results as SVG. */
final class Charts {
  private static final int WIDTH = 900;
  private static final int HEIGHT = 560;
  private static final float LINE = 1.8f;
  private static final String RATE = "messages/s";

  private final Results results;
  private final Path folder;
  private final Map<String, String> drawn = new LinkedHashMap<>();

  private Charts(Results results, Path folder) {
    this.results = results;
    this.folder = folder;
  }

  /**
   * Draws into a folder.
   *
   * @return names of files by caption
   */
  static Map<String, String> draw(Results results, Path folder) throws IOException {
    Charts charts = new Charts(results, folder);
    charts.sizes();
    charts.percentiles();
    charts.systems();
    return charts.drawn;
  }

  private void sizes() throws IOException {
    XYSeriesCollection lines = new XYSeriesCollection();
    for (Throughput.Way way : Throughput.Way.values()) {
      XYSeries line = new XYSeries(way.title());
      for (int size : List.of(256, Effort.KIB, 16 << 10, Effort.LARGEST)) {
        results
            .find(Throughput.id(way, size))
            .ifPresent(figure -> line.add(size, figure.spread().median()));
      }
      if (line.getItemCount() > 1) {
        lines.addSeries(line);
      }
    }
    draw("Throughput by size of a message", "bytes of a message", RATE, lines, "by-size");
  }

  private void percentiles() throws IOException {
    XYSeriesCollection lines = new XYSeriesCollection();
    for (Curve curve : results.curves()) {
      XYSeries line = new XYSeries(curve.subject().title() + ": " + curve.scenario());
      for (Percentile point : curve.points()) {
        line.add(1 / (1 - point.percent() / 100), point.millis());
      }
      lines.addSeries(line);
    }
    draw(
        "Latency of 1 KiB, publish to subscriber",
        "one message in so many takes longer",
        "ms",
        lines,
        "latency");
  }

  private void draw(String title, String x, String y, XYSeriesCollection lines, String file)
      throws IOException {
    JFreeChart chart =
        ChartFactory.createXYLineChart(
            title, x, y, lines, PlotOrientation.VERTICAL, true, false, false);
    XYPlot plot = chart.getXYPlot();
    plot.setDomainAxis(logarithmic(x));
    plot.setRangeAxis(logarithmic(y));
    plot.setBackgroundPaint(Color.WHITE);
    plot.setDomainGridlinePaint(Color.LIGHT_GRAY);
    plot.setRangeGridlinePaint(Color.LIGHT_GRAY);
    XYLineAndShapeRenderer renderer = new XYLineAndShapeRenderer();
    renderer.setDefaultStroke(new BasicStroke(LINE));
    renderer.setAutoPopulateSeriesStroke(false);
    plot.setRenderer(renderer);
    write(chart, file);
  }

  private void systems() throws IOException {
    Map<String, String> shown = new LinkedHashMap<>();
    shown.put("Entente", Throughput.id(Throughput.Way.ENTENTE_STREAM, Effort.KIB));
    shown.put("Artemis, synced", Baseline.ARTEMIS.rate());
    shown.put("NATS JetStream, synced", Baseline.NATS.rate());
    shown.put("AS4, 8 senders", Baseline.AS4.rate());
    DefaultCategoryDataset bars = new DefaultCategoryDataset();
    shown.forEach(
        (name, id) ->
            results
                .find(id)
                .ifPresent(figure -> bars.addValue(figure.spread().median(), RATE, name)));
    if (bars.getColumnCount() < 2) {
      return;
    }
    JFreeChart chart =
        ChartFactory.createBarChart(
            "Throughput beside what users have today, 1 KiB",
            "",
            RATE,
            bars,
            PlotOrientation.HORIZONTAL,
            false,
            false,
            false);
    CategoryPlot plot = chart.getCategoryPlot();
    BarRenderer renderer = new BarRenderer();
    renderer.setBarPainter(new StandardBarPainter());
    // A logarithmic axis has no zero to begin at; the axis looks at its bars when it is set.
    renderer.setBase(1);
    renderer.setShadowVisible(false);
    plot.setRenderer(renderer);
    plot.setRangeAxis(logarithmic(RATE));
    plot.setBackgroundPaint(Color.WHITE);
    plot.setRangeGridlinePaint(Color.LIGHT_GRAY);
    write(chart, "systems");
  }

  /** With its numbers in full, as text. */
  private static LogarithmicAxis logarithmic(String label) {
    LogarithmicAxis axis = new LogarithmicAxis(label);
    axis.setAllowNegativesFlag(false);
    axis.setStrictValuesFlag(true);
    axis.setNumberFormatOverride(
        new DecimalFormat("#,##0.###", DecimalFormatSymbols.getInstance(Locale.ROOT)));
    return axis;
  }

  private void write(JFreeChart chart, String name) throws IOException {
    VectorGraphics2D graphics = new VectorGraphics2D();
    chart.setBackgroundPaint(Color.WHITE);
    chart.draw(graphics, new Rectangle2D.Double(0, 0, WIDTH, HEIGHT));
    String file = name + ".svg";
    try (OutputStream out = Files.newOutputStream(folder.resolve(file))) {
      new SVGProcessor()
          .getDocument(graphics.getCommands(), new PageSize(WIDTH, HEIGHT))
          .writeTo(out);
    }
    drawn.put(chart.getTitle().getText(), file);
  }
}
