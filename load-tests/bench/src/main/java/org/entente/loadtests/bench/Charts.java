package org.entente.loadtests.bench;

import java.awt.Color;
import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.IntFunction;
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
    charts.attachments();
    charts.subscribers();
    charts.kafka();
    return charts.drawn;
  }

  /** Adds a chart, unless nothing of it was measured. */
  private void draw(String title, LogChart chart, String name) throws IOException {
    if (chart.hasLines()) {
      drawn.put(title, chart.write(folder, name));
    }
  }

  /** The medians of figures by number, of those that were measured. */
  private Map<Number, Number> medians(List<Integer> numbers, IntFunction<String> id) {
    Map<Number, Number> line = new LinkedHashMap<>();
    for (int number : numbers) {
      results
          .find(id.apply(number))
          .ifPresent(figure -> line.put(number, figure.spread().median()));
    }
    return line;
  }

  private void sizes() throws IOException {
    String title = "Throughput by size of a message";
    LogChart chart = new LogChart(title, "bytes of a message", RATE);
    List<Integer> all = List.of(256, Effort.KIB, 16 << 10, Effort.LARGEST);
    for (Throughput.HandOverMode way : Throughput.HandOverMode.values()) {
      chart.line(way.title(), medians(all, size -> Throughput.id(way, size)));
    }
    draw(title, chart, "by-size");
  }

  private void batches() throws IOException {
    String title = "Throughput of 1 KiB by batch";
    LogChart chart = new LogChart(title, "messages in a gRPC message", RATE);
    chart.line(Subject.RAW.title(), medians(List.of(1, 4, 8, 16, 64, 256), Throughput::batchId));
    Map<Number, Number> gateways = new LinkedHashMap<>();
    Map.of(1, Throughput.HandOverMode.ENTENTE_STREAM, 64, Throughput.HandOverMode.ENTENTE_PACKED)
        .forEach(
            (packed, way) ->
                results
                    .find(Throughput.id(way, Effort.KIB))
                    .ifPresent(figure -> gateways.put(packed, figure.spread().median())));
    chart.line(Subject.ENTENTE.title(), gateways);
    draw(title, chart, "by-batch");
  }

  private void recipients() throws IOException {
    String title = "Throughput of 1 KiB by recipients";
    LogChart chart = new LogChart(title, "recipients of each message", RATE);
    chart.line(
        "sender's gateway, accepted",
        medians(Effort.LONG.scenarios().recipients(), FanoutCost::rateId));
    draw(title, chart, "by-recipients");
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
    draw(title, chart, "latency");
  }

  private void attachments() throws IOException {
    String title = "Attachments by size";
    LogChart chart = new LogChart(title, "MiB of a file", "MiB/s");
    List<Integer> all = List.of(1, 4, 64, 256, 2_048);
    chart.line("client to gateway, synced", medians(all, AttachmentCost::uploadId));
    chart.line("gateway to gateway, synced", medians(all, AttachmentCost::fetchId));
    draw(title, chart, "attachments");
  }

  private void subscribers() throws IOException {
    String title = "One message of 1 KiB to many subscribers, last delivery";
    LogChart chart = new LogChart(title, "subscribers", "ms");
    List<Integer> all = Effort.LONG.scenarios().subscribers();
    chart.line("all of them", medians(all, Subscribers::lastId));
    chart.line("a filter keeps it from half of them", medians(all, Subscribers::filteredId));
    draw(title, chart, "subscribers");
  }

  private void kafka() throws IOException {
    Map<String, String> shown = new LinkedHashMap<>();
    shown.put("to a client that acknowledges", KafkaRate.DELIVERED);
    shown.put("into a topic of Kafka", KafkaRate.WRITTEN);
    bars("A backlog of messages of 1 KiB", "kafka", shown);
  }

  private void systems() throws IOException {
    Map<String, String> shown = new LinkedHashMap<>();
    shown.put("Entente", Throughput.id(Throughput.HandOverMode.ENTENTE_STREAM, Effort.KIB));
    shown.put("Artemis, synced", Baseline.ARTEMIS.bestRate(results));
    shown.put("NATS JetStream, synced", Baseline.NATS.bestRate(results));
    shown.put("AS4, best number of senders", Baseline.AS4.bestRate(results));
    bars("Throughput beside what users have today, 1 KiB", "systems", shown);
  }

  /** Bars of rates by name, if at least two were measured. */
  private void bars(String title, String file, Map<String, String> shown) throws IOException {
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
            title, "", RATE, bars, PlotOrientation.HORIZONTAL, false, false, false);
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
    drawn.put(title, LogChart.write(chart, folder, file));
  }
}
