package org.entente.loadtests.bench;

import java.io.IOException;
import java.nio.file.Path;
import java.text.NumberFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Function;
import java.util.function.IntFunction;
import java.util.function.Predicate;
import org.entente.loadtests.measure.Percentile;
import org.jfree.chart.ChartFactory;
import org.jfree.chart.JFreeChart;
import org.jfree.chart.axis.AxisLocation;
import org.jfree.chart.axis.NumberAxis;
import org.jfree.chart.labels.ItemLabelAnchor;
import org.jfree.chart.labels.ItemLabelPosition;
import org.jfree.chart.labels.StandardCategoryItemLabelGenerator;
import org.jfree.chart.plot.CategoryPlot;
import org.jfree.chart.plot.PlotOrientation;
import org.jfree.chart.renderer.category.StackedBarRenderer;
import org.jfree.chart.renderer.category.StandardBarPainter;
import org.jfree.chart.ui.TextAnchor;
import org.jfree.data.category.DefaultCategoryDataset;

/** A run's results as SVG. */
final class Charts {
  private static final String RATE = "messages/s";
  private static final double WIDEST = 0.12;
  private static final double BESIDE = 0.12;

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
    LogChart chart = new LogChart(title, "size of a message in bytes", RATE);
    List<Integer> all = List.of(256, Effort.KIB, 16 << 10, Effort.LARGEST);
    for (Throughput.HandOverMode way : Throughput.HandOverMode.values()) {
      chart.line(way.subject(), way.title(), medians(all, size -> Throughput.id(way, size)));
    }
    draw(title, chart, "by-size");
  }

  private void batches() throws IOException {
    String title = "Throughput of 1 KiB by batch";
    LogChart chart = new LogChart(title, "messages in each gRPC message", RATE);
    chart.line(
        Subject.RAW,
        Subject.RAW.title(),
        medians(List.of(1, 4, 8, 16, 64, 256), Throughput::batchId));
    Map<Number, Number> gateways = new LinkedHashMap<>();
    Map.of(1, Throughput.HandOverMode.ENTENTE_STREAM, 64, Throughput.HandOverMode.ENTENTE_PACKED)
        .forEach(
            (packed, way) ->
                results
                    .find(Throughput.id(way, Effort.KIB))
                    .ifPresent(figure -> gateways.put(packed, figure.spread().median())));
    chart.line(Subject.ENTENTE, Subject.ENTENTE.title(), gateways);
    draw(title, chart, "by-batch");
  }

  private void recipients() throws IOException {
    String title = "Throughput of 1 KiB by recipients";
    LogChart chart = new LogChart(title, "recipients of each message", RATE);
    chart.line(
        Subject.ENTENTE,
        "sender's gateway, accepted",
        medians(Effort.LONG.scenarios().recipients(), FanoutCost::rateId));
    draw(title, chart, "by-recipients");
  }

  /** All systems at one rate, then the gateways under each load. */
  private void percentiles() throws IOException {
    latency(
        "Latency of 1 KiB, publish to subscriber, all systems",
        "latency",
        curve -> Latency.LOW_LOAD.equals(curve.scenario()) || curve.subject() == Subject.AS4,
        curve -> curve.subject().title() + ": " + curve.scenario());
    latency(
        "Latency of 1 KiB, publish to subscriber, Entente by load",
        "latency-by-load",
        curve -> curve.subject() == Subject.ENTENTE,
        Curve::scenario);
  }

  private void latency(
      String title, String name, Predicate<Curve> shown, Function<Curve, String> label)
      throws IOException {
    LogChart chart =
        new LogChart(title, "one message in … takes longer (100: p99; 1,000: p99.9)", "ms");
    for (Curve curve : results.curves().stream().filter(shown).toList()) {
      Map<Number, Number> line = new LinkedHashMap<>();
      for (Percentile point : curve.points()) {
        line.put(1 / (1 - point.percent() / 100), point.millis());
      }
      chart.line(curve.subject(), label.apply(curve), line);
    }
    draw(title, chart, name);
  }

  private void attachments() throws IOException {
    String title = "Attachments by size";
    LogChart chart = new LogChart(title, "size of a file in MiB", "MiB/s");
    List<Integer> all = List.of(1, 4, 64, 256, 2_048);
    chart.line(
        Subject.ENTENTE, "client to gateway, synced", medians(all, AttachmentCost::uploadId));
    chart.line(
        Subject.ENTENTE, "gateway to gateway, synced", medians(all, AttachmentCost::fetchId));
    draw(title, chart, "attachments");
  }

  private void subscribers() throws IOException {
    String title = "One message of 1 KiB to many subscribers, last delivery";
    LogChart chart = new LogChart(title, "subscribers", "ms");
    List<Integer> all = Effort.LONG.scenarios().subscribers();
    chart.line(Subject.ENTENTE, "all of them", medians(all, Subscribers::lastId));
    chart.line(
        Subject.ENTENTE,
        "a filter keeps it from half of them",
        medians(all, Subscribers::filteredId));
    draw(title, chart, "subscribers");
  }

  private void kafka() throws IOException {
    List<Bar> shown =
        List.of(
            new Bar("to a client that acknowledges", Subject.ENTENTE, KafkaRate.DELIVERED),
            new Bar("into a topic of Kafka", Subject.KAFKA, KafkaRate.WRITTEN));
    bars("A backlog of messages of 1 KiB", "kafka", shown);
  }

  private void systems() throws IOException {
    List<Bar> shown =
        List.of(
            new Bar(
                "Entente",
                Subject.ENTENTE,
                Throughput.id(Throughput.HandOverMode.ENTENTE_STREAM, Effort.KIB)),
            new Bar("Entente on three machines", Subject.CLUSTER, ClusterCost.THREE_RATE),
            new Bar("Artemis, synced", Subject.ARTEMIS, Baseline.ARTEMIS.bestRate(results)),
            new Bar("NATS JetStream, synced", Subject.NATS, Baseline.NATS.bestRate(results)),
            new Bar("AS4, best number of senders", Subject.AS4, Baseline.AS4.bestRate(results)));
    bars("Throughput beside what users have today, 1 KiB", "systems", shown);
  }

  /** One bar: a figure under a name. */
  private record Bar(String name, Subject subject, String id) {}

  /** Bars of rates, if at least two were measured. */
  private void bars(String title, String file, List<Bar> shown) throws IOException {
    DefaultCategoryDataset bars = new DefaultCategoryDataset();
    // With a series for each system, stacked with nothing, each bar has its system's colour.
    StackedBarRenderer renderer = new StackedBarRenderer();
    for (Bar bar : shown) {
      results
          .find(bar.id())
          .ifPresent(
              figure -> {
                bars.addValue(figure.spread().median(), bar.name(), bar.name());
                renderer.setSeriesPaint(bars.getRowCount() - 1, bar.subject().colour());
              });
    }
    if (bars.getColumnCount() < 2) {
      return;
    }
    JFreeChart chart =
        ChartFactory.createBarChart(
            title, "", RATE, bars, PlotOrientation.HORIZONTAL, false, false, false);
    NumberFormat whole = NumberFormat.getIntegerInstance(Locale.ROOT);
    renderer.setBarPainter(new StandardBarPainter());
    renderer.setShadowVisible(false);
    // A theme would replace the systems' colours.
    renderer.setAutoPopulateSeriesPaint(false);
    renderer.setMaximumBarWidth(WIDEST);
    renderer.setDefaultItemLabelGenerator(new StandardCategoryItemLabelGenerator("{2}", whole));
    renderer.setDefaultItemLabelsVisible(true);
    renderer.setDefaultPositiveItemLabelPosition(
        new ItemLabelPosition(ItemLabelAnchor.OUTSIDE3, TextAnchor.CENTER_LEFT));
    CategoryPlot plot = chart.getCategoryPlot();
    plot.setRenderer(renderer);
    plot.setRangeAxisLocation(AxisLocation.BOTTOM_OR_LEFT);
    NumberAxis axis = new NumberAxis(RATE);
    axis.setNumberFormatOverride(whole);
    // Room for the number beside the longest bar.
    axis.setUpperMargin(BESIDE);
    plot.setRangeAxis(axis);
    drawn.put(title, LogChart.write(chart, folder, file));
  }
}
