package org.entente.loadtests.bench;

import java.awt.Color;
import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.entente.loadtests.measure.Percentile;
import org.jfree.chart.ChartFactory;
import org.jfree.chart.JFreeChart;
import org.jfree.chart.plot.CategoryPlot;
import org.jfree.chart.plot.PlotOrientation;
import org.jfree.chart.renderer.category.BarRenderer;
import org.jfree.chart.renderer.category.StandardBarPainter;
import org.jfree.data.category.DefaultCategoryDataset;

/** A run's results as SVG. */
final class Charts {
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
    charts.batches();
    charts.recipients();
    charts.percentiles();
    charts.systems();
    return charts.drawn;
  }

  private void sizes() throws IOException {
    LogChart chart = new LogChart("Throughput by size of a message", "bytes of a message", RATE);
    for (Throughput.HandOverMode way : Throughput.HandOverMode.values()) {
      Map<Number, Number> line = new LinkedHashMap<>();
      for (int size : List.of(256, Effort.KIB, 16 << 10, Effort.LARGEST)) {
        results
            .find(Throughput.id(way, size))
            .ifPresent(figure -> line.put(size, figure.spread().median()));
      }
      chart.line(way.title(), line);
    }
    drawn.put("Throughput by size of a message", chart.write(folder, "by-size"));
  }

  private void batches() throws IOException {
    Map<Number, Number> line = new LinkedHashMap<>();
    for (int packed : List.of(1, 4, 8, 16, 64, 256)) {
      results
          .find(Throughput.batchId(packed))
          .ifPresent(figure -> line.put(packed, figure.spread().median()));
    }
    String title = "Throughput of 1 KiB by batch";
    LogChart chart = new LogChart(title, "messages in a gRPC message", RATE);
    chart.line(Subject.RAW.title(), line);
    Map<Number, Number> gateways = new LinkedHashMap<>();
    Map.of(1, Throughput.HandOverMode.ENTENTE_STREAM, 64, Throughput.HandOverMode.ENTENTE_PACKED)
        .forEach(
            (packed, way) ->
                results
                    .find(Throughput.id(way, Effort.KIB))
                    .ifPresent(figure -> gateways.put(packed, figure.spread().median())));
    chart.line(Subject.ENTENTE.title(), gateways);
    drawn.put(title, chart.write(folder, "by-batch"));
  }

  private void recipients() throws IOException {
    Map<Number, Number> line = new LinkedHashMap<>();
    for (int recipients : Effort.LONG.scenarios().recipients()) {
      results
          .find(FanoutCost.rateId(recipients))
          .ifPresent(figure -> line.put(recipients, figure.spread().median()));
    }
    if (line.size() > 1) {
      String title = "Throughput of 1 KiB by recipients";
      LogChart chart = new LogChart(title, "recipients of each message", RATE);
      chart.line("sender's gateway, accepted", line);
      drawn.put(title, chart.write(folder, "by-recipients"));
    }
  }

  private void percentiles() throws IOException {
    String title = "Latency of 1 KiB, publish to subscriber";
    LogChart chart = new LogChart(title, "one message in this number takes longer", "ms");
    for (Curve curve : results.curves()) {
      Map<Number, Number> line = new LinkedHashMap<>();
      for (Percentile point : curve.points()) {
        line.put(1 / (1 - point.percent() / 100), point.millis());
      }
      chart.line(curve.subject().title() + ": " + curve.scenario(), line);
    }
    drawn.put(title, chart.write(folder, "latency"));
  }

  private void systems() throws IOException {
    Map<String, String> shown = new LinkedHashMap<>();
    shown.put("Entente", Throughput.id(Throughput.HandOverMode.ENTENTE_STREAM, Effort.KIB));
    shown.put("Artemis, synced", Baseline.ARTEMIS.bestRate(results));
    shown.put("NATS JetStream, synced", Baseline.NATS.bestRate(results));
    shown.put("AS4, best number of senders", Baseline.AS4.bestRate(results));
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
    // A logarithmic axis cannot start at zero; the axis reads its bars when it is set.
    renderer.setBase(1);
    renderer.setShadowVisible(false);
    plot.setRenderer(renderer);
    plot.setRangeAxis(LogChart.axis(RATE));
    plot.setBackgroundPaint(Color.WHITE);
    plot.setRangeGridlinePaint(Color.LIGHT_GRAY);
    drawn.put(chart.getTitle().getText(), LogChart.write(chart, folder, "systems"));
  }
}
