package org.entente.loadtests.bench;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import io.grpc.ManagedChannel;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.entente.loadtests.federation.Federation;
import org.entente.loadtests.measure.Arrivals;
import org.entente.loadtests.measure.MeasuredContent;
import org.entente.loadtests.measure.MessageSender;
import org.entente.proto.v1.Category;
import org.entente.proto.v1.Filter;
import org.entente.proto.v1.Lane;

/**
 * Time of one message to many subscribers of the recipient's gateway, each with its own cursor:
 * from its publication until the last subscriber has it. Again where a filter keeps it from half of
 * them. No other message is in flight.
 */
final class Subscribers {
  private static final int CONNECTIONS = 10;
  private static final int FOR_WARMTH = 5;
  private static final String CLIENT = "desk";

  /** The messages of the measurement are of another category. */
  private static final Filter OTHERS =
      Filter.newBuilder().addCategories(Category.CATEGORY_WEAPONS).build();

  private final Federation federation;
  private final Effort effort;
  private final Results results;
  private final Consumer<String> say;

  Subscribers(Federation federation, Effort effort, Results results, Consumer<String> say) {
    this.federation = federation;
    this.effort = effort;
    this.results = results;
    this.say = say;
  }

  /** Measures with a growing number of subscribers. */
  void run() throws InterruptedException {
    say.accept("many subscribers");
    for (String agency : GatewayChain.GATEWAYS) {
      DirectLink.only(GatewayChain.GATEWAYS, federation.plan(agency).config());
    }
    allowMany(federation.plan(GatewayChain.TO).config());
    federation.start(GatewayChain.GATEWAYS);
    GatewayChain chain = new GatewayChain(federation);
    List<ManagedChannel> channels = new ArrayList<>();
    for (int i = 0; i < CONNECTIONS; i++) {
      channels.add(federation.channel(GatewayChain.TO, CLIENT));
    }
    Audience audience = new Audience();
    Audience filtered = new Audience("filtered", OTHERS);
    Rounds rounds = new Rounds("one message to many subscribers", Subject.ENTENTE);
    for (int count : effort.scenarios().subscribers()) {
      if (count > 1) {
        audience.grow(count / 2 - 1, channels);
        filtered.grow(count / 2, channels);
        measure(
            filteredId(count),
            "publish to the last delivery; subscribers: %,d, half of them with a filter that drops it"
                .formatted(count),
            chain,
            audience,
            rounds);
        filtered.dismiss();
      }
      // The chain's own subscriber is one of them.
      audience.grow(count - 1, channels);
      measure(
          lastId(count),
          "publish to the last delivery; subscribers: %,d".formatted(count),
          chain,
          audience,
          rounds);
    }
    rounds.addTo(results, say);
  }

  /** Id of the time until the last of this many subscribers has the message. */
  static String lastId(int count) {
    return "subscribers_" + count + "_last_ms";
  }

  /** Id of the same where a filter keeps the message from half of them. */
  static String filteredId(int count) {
    return "subscribers_" + count + "_filtered_ms";
  }

  private void measure(String id, String what, GatewayChain chain, Audience audience, Rounds rounds)
      throws InterruptedException {
    for (int i = 0; i < FOR_WARMTH; i++) {
      double unused = millis(chain, audience);
    }
    for (int i = 0; i < effort.repeats(); i++) {
      rounds.add(id, what, "ms", millis(chain, audience));
    }
  }

  private static double millis(GatewayChain chain, Audience audience) throws InterruptedException {
    MessageSender sender = chain.stream(Lane.LANE_ROUTINE, new MeasuredContent(Effort.KIB));
    Arrivals arrivals = chain.arrivals(Lane.LANE_ROUTINE);
    long number = arrivals.reserve(1);
    long before = arrivals.count();
    audience.expect(number);
    long start = System.nanoTime();
    sender.send(number, 1);
    audience.await();
    arrivals.await(before + 1);
    return (System.nanoTime() - start) / (double) TimeUnit.MILLISECONDS.toNanos(1);
  }

  /**
   * Raises the limits: all subscribers are one client, whose cursors and streams are few by
   * default.
   */
  private static void allowMany(Path config) {
    ObjectMapper yaml = new ObjectMapper(new YAMLFactory());
    try {
      ObjectNode node = (ObjectNode) yaml.readTree(config.toFile());
      ObjectNode limits = (ObjectNode) node.path("limits");
      limits.put("streams_per_client", 1_000);
      ((ObjectNode) limits.path("per_client")).put("cursors", 2_000);
      yaml.writeValue(config.toFile(), node);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
