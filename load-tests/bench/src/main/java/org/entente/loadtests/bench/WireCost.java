package org.entente.loadtests.bench;

import io.grpc.ManagedChannel;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.List;
import java.util.function.Consumer;
import org.entente.gateway.cli.failure.CommandFailure;
import org.entente.loadtests.federation.Exposition;
import org.entente.loadtests.federation.Federation;
import org.entente.loadtests.isolation.Relay;
import org.entente.loadtests.measure.MeasuredContent;
import org.entente.loadtests.measure.Saturation;
import org.entente.proto.v1.Lane;

/**
 * Bytes on the link between two gateways per message of 1 KiB. A relay counts all bytes of the TCP
 * connections, including TLS and HTTP/2 but not IP and TCP headers.
 */
final class WireCost {
  private static final String SCENARIO = "bytes of a message of 1 KiB";

  private final Federation federation;
  private final Effort effort;
  private final Results results;
  private final Consumer<String> say;
  private final MeasuredContent content = new MeasuredContent(Effort.KIB);
  private final Rounds rounds = new Rounds(SCENARIO, Subject.ENTENTE);

  WireCost(Federation federation, Effort effort, Results results, Consumer<String> say) {
    this.federation = federation;
    this.effort = effort;
    this.results = results;
    this.say = say;
  }

  /** Measures with one message at a time, and with many in flight. */
  void run() throws InterruptedException {
    say.accept("bytes on the link");
    for (String agency : GatewayChain.GATEWAYS) {
      DirectLink.only(GatewayChain.GATEWAYS, federation.plan(agency).config());
    }
    try (Relay relay = Relay.to(String.valueOf(federation.plan(GatewayChain.TO).peers()))) {
      relay.between(federation.plan(GatewayChain.FROM).config());
      federation.start(GatewayChain.GATEWAYS);
      GatewayChain chain = new GatewayChain(federation);
      int message = messageBytes(chain);
      Saturation unused = saturate(chain, many(), effort.scenarios().warmUp());
      for (int i = 0; i < effort.repeats(); i++) {
        link(relay, "alone", "alone, the next when it has arrived", chain, 1, message);
        double envelopes = envelopes();
        long sent =
            link(relay, "64", "as many in an envelope as come together", chain, many(), message);
        rounds.add(
            "wire.envelope",
            "messages in an envelope of these",
            "messages",
            sent / (envelopes() - envelopes));
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    rounds.addTo(results, say);
  }

  /** Bytes of label and body of a message at its recipient, from a temporary subscriber. */
  private int messageBytes(GatewayChain chain) throws InterruptedException {
    Saturation unused = saturate(chain, 1, Duration.ofMillis(1));
    Audience audience = new Audience();
    ManagedChannel channel = federation.channel(GatewayChain.TO, "desk");
    audience.grow(1, List.of(channel));
    int bytes = audience.messageBytes();
    audience.leave();
    channel.shutdownNow();
    return bytes;
  }

  private static int many() {
    return Throughput.window(Effort.KIB);
  }

  private long link(
      Relay relay, String id, String what, GatewayChain chain, int window, int message)
      throws InterruptedException {
    long forth = relay.forth();
    long back = relay.back();
    long sent = saturate(chain, window, effort.saturated()).sent();
    double bytes = (relay.forth() - forth) / (double) sent;
    rounds.add(
        "wire_overhead_" + id,
        "from sender to recipient beyond label and body, " + what,
        "B",
        bytes - message);
    rounds.add(
        "wire.forth." + id,
        "from sender to recipient, label and body (" + message + " B) included; " + what,
        "B",
        bytes);
    rounds.add(
        "wire.back." + id,
        "from recipient to sender: receipts, watermarks, evidence; " + what,
        "B",
        (relay.back() - back) / (double) sent);
    return sent;
  }

  private Saturation saturate(GatewayChain chain, int window, Duration time)
      throws InterruptedException {
    Saturation saturation =
        new Saturation(
            chain.stream(Lane.LANE_ROUTINE, content), chain.arrivals(Lane.LANE_ROUTINE), 1, window);
    double unused = saturation.run(Duration.ZERO, time);
    return saturation;
  }

  private long envelopes() throws InterruptedException {
    return Exposition.counter(
            federation.plan(GatewayChain.FROM).admin(), "entente_seal_seconds_count")
        .orElseThrow(() -> new CommandFailure("the sender does not count its envelopes"));
  }
}
