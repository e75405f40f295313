package org.entente.loadtests.isolation;

import java.io.IOException;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.entente.gateway.cli.failure.CommandFailure;
import org.entente.gateway.client.Credentials;
import org.entente.loadtests.federation.Federation;

/**
 * Measures one gateway that sends to two peers: a good one, and one that is dead, slow, stuck or
 * hostile. Also measures it beside slow, stuck and hostile clients. One run measures everything
 * that is compared. The second peer gets the same background load in every state.
 *
 * <p>A flood costs processor time, and all gateways share this machine's processors. So a round
 * beside a flood is compared with a round in which the same flood goes to a gateway that the good
 * traffic does not use.
 */
final class Isolation implements AutoCloseable {
  /** State of the second peer, or further clients beside a good one. */
  enum Neighbour {
    /** It is as good as the first, without further clients. */
    GOOD,
    /** Its process is gone. */
    DEAD,
    /** Its connection forwards 5 KiB per second. */
    SLOW,
    /** Its connection is open and forwards nothing. */
    STUCK,
    /** It floods the port of the measured gateway. */
    HOSTILE,
    /** It floods the port of a gateway that the good traffic does not use. */
    HOSTILE_ELSEWHERE,
    /** A further subscriber beside the good one reads nothing. */
    CLIENT_SLOW,
    /** A subscriber that reads all and acknowledges nothing. */
    CLIENT_STUCK,
    /** Further clients of both gateways flood their ports. */
    CLIENT_HOSTILE,
    /** The same number of clients floods a gateway that the good traffic does not use. */
    CLIENT_HOSTILE_ELSEWHERE;

    /** The neighbour with whose round this one is compared. */
    Neighbour baseline() {
      return switch (this) {
        case HOSTILE -> HOSTILE_ELSEWHERE;
        case CLIENT_HOSTILE -> CLIENT_HOSTILE_ELSEWHERE;
        case GOOD, DEAD, SLOW, STUCK, CLIENT_SLOW, CLIENT_STUCK -> GOOD;
        case HOSTILE_ELSEWHERE, CLIENT_HOSTILE_ELSEWHERE -> this;
      };
    }
  }

  /** The gateway that is measured. */
  private static final String GATEWAY = "fr.customs";

  private static final String GOOD_PEER = "de.customs";
  private static final String TRANSIT = "x.hub";
  private static final String BEHIND = "sg.police";
  private static final int BACKGROUND_MILLIS = 10;

  private final Federation federation;
  private final Relay relay;
  private final Consumer<String> say;
  private final WarningStream good;
  private final WarningStream behind;

  /** Starts the gateways with a good second peer. */
  Isolation(Federation federation, Consumer<String> say) throws InterruptedException, IOException {
    this.federation = federation;
    this.say = say;
    String transit = String.valueOf(federation.plan(TRANSIT).peers());
    this.relay = Relay.to(transit);
    relay.between(federation.plan(GATEWAY).config());
    federation.start(List.of(GATEWAY, GOOD_PEER, TRANSIT, BEHIND));
    good = new WarningStream(federation, GATEWAY, GOOD_PEER, "good");
    behind = new WarningStream(federation, GATEWAY, BEHIND, "behind");
    good.subscribe();
    behind.subscribe();
    good.send();
    behind.send();
    good.awaitArrived(1);
    behind.awaitArrived(1);
  }

  /**
   * Ratio of the throughput to the good peer beside each kind of neighbour to that beside its
   * baseline: the best of several rounds of each, in turns.
   *
   * @param messages messages per round
   */
  Map<Neighbour, Double> ratios(int messages, int rounds) throws InterruptedException, IOException {
    round(Neighbour.GOOD, messages);
    Map<Neighbour, Double> best = new EnumMap<>(Neighbour.class);
    for (int i = 0; i < rounds; i++) {
      for (Neighbour neighbour : Neighbour.values()) {
        double rate = round(neighbour, messages);
        best.merge(neighbour, rate, Math::max);
        say.accept("beside a neighbour that is %s: %,.0f messages/s".formatted(neighbour, rate));
      }
    }
    behind.awaitArrived(behind.sent());
    Map<Neighbour, Double> ratios = new EnumMap<>(Neighbour.class);
    best.forEach(
        (neighbour, rate) ->
            ratios.put(neighbour, rate / best.getOrDefault(neighbour.baseline(), 0.0)));
    return ratios;
  }

  private double round(Neighbour neighbour, int messages) throws InterruptedException, IOException {
    begin(neighbour);
    try (Background background = new Background();
        Companion beside = beside(neighbour)) {
      long first = good.arrived();
      long start = System.nanoTime();
      for (int i = 0; i < messages; i++) {
        good.send();
      }
      good.awaitArrived(first + messages);
      double seconds = (System.nanoTime() - start) / (double) TimeUnit.SECONDS.toNanos(1);
      background.check();
      String told = beside.told();
      if (!told.isEmpty()) {
        say.accept(told);
      }
      return messages / seconds;
    } finally {
      end(neighbour);
    }
  }

  /** The companion of a round: further peers or clients. */
  private Companion beside(Neighbour neighbour) throws InterruptedException {
    return switch (neighbour) {
      case GOOD, DEAD, SLOW, STUCK -> new Companion(List.of(), () -> "");
      case HOSTILE -> hostilePeer(TRANSIT, GATEWAY);
      case HOSTILE_ELSEWHERE -> hostilePeer(BEHIND, TRANSIT);
      case CLIENT_SLOW -> idle(false);
      case CLIENT_STUCK -> idle(true);
      case CLIENT_HOSTILE -> hostileClients(GATEWAY, GOOD_PEER);
      case CLIENT_HOSTILE_ELSEWHERE -> hostileClients(BEHIND, BEHIND);
    };
  }

  private Companion hostilePeer(String attacker, String victim) {
    Credentials own = federation.gatewayCredentials(attacker);
    HostilePeer hostile =
        new HostilePeer(
            String.valueOf(federation.plan(victim).peers()),
            new Credentials(
                own.certificate(), own.key(), federation.gatewayCredentials(victim).authority()));
    return new Companion(
        List.of(hostile), () -> "the hostile peer was refused " + hostile.refusals() + " times");
  }

  private Companion idle(boolean reads) throws InterruptedException {
    String client = federation.plan(GOOD_PEER).clientWith("subscribe").orElseThrow();
    IdleSubscriber idle = IdleSubscriber.open(federation.channel(GOOD_PEER, client), reads);
    return new Companion(
        List.of(idle), () -> "the idle subscriber read " + idle.delivered() + " deliveries");
  }

  /**
   * Hostile clients other than those of the good traffic, whose abuse would harm only themselves.
   */
  private Companion hostileClients(String sender, String recipient) {
    HostileClient sending = hostile(sender, "subscribe");
    HostileClient receiving = hostile(recipient, "publish");
    return new Companion(
        List.of(sending, receiving),
        () -> "hostile clients: " + sending.told() + "; " + receiving.told());
  }

  private HostileClient hostile(String agency, String scope) {
    String client = federation.plan(agency).clientWith(scope).orElseThrow();
    return new HostileClient(federation.channel(agency, client));
  }

  private void begin(Neighbour neighbour) {
    switch (neighbour) {
      case GOOD,
          HOSTILE,
          HOSTILE_ELSEWHERE,
          CLIENT_SLOW,
          CLIENT_STUCK,
          CLIENT_HOSTILE,
          CLIENT_HOSTILE_ELSEWHERE -> {}
      case DEAD -> federation.kill(TRANSIT);
      case SLOW -> relay.mode(Relay.Mode.TRICKLING);
      case STUCK -> relay.mode(Relay.Mode.STUCK);
    }
  }

  private void end(Neighbour neighbour) throws InterruptedException {
    relay.mode(Relay.Mode.PASSING);
    if (neighbour == Neighbour.DEAD) {
      federation.start(List.of(TRANSIT));
    }
    behind.awaitArrived(behind.sent());
  }

  /**
   * Queues messages for a dead peer, measures the memory of the process meanwhile, and restarts the
   * peer.
   */
  Backlog queue(int messages) throws InterruptedException {
    return new QueueMeasurement(federation, behind, GATEWAY, TRANSIT, say).queue(messages);
  }

  /** Closes the relay; the federation's owner ends the gateways. */
  @Override
  public void close() throws IOException {
    relay.close();
  }

  /** Further peers or clients during a round, closed in order. */
  private record Companion(List<AutoCloseable> all, Supplier<String> teller)
      implements AutoCloseable {
    /** Their results as text, or an empty text. */
    String told() {
      return teller.get();
    }

    @Override
    public void close() {
      for (AutoCloseable one : all) {
        try {
          one.close();
        } catch (Exception e) {
          throw new CommandFailure("a neighbour does not end", e);
        }
      }
    }
  }

  /** Constant light load for the second peer. */
  private final class Background implements AutoCloseable {
    private final Thread thread = new Thread(this::run, "background");
    private volatile boolean over;
    private volatile boolean failed;

    Background() {
      thread.setDaemon(true);
      thread.start();
    }

    private void run() {
      try {
        while (!over) {
          behind.send();
          TimeUnit.MILLISECONDS.sleep(BACKGROUND_MILLIS);
        }
      } catch (InterruptedException | CommandFailure e) {
        failed = !over;
      }
    }

    void check() {
      if (failed) {
        throw new CommandFailure("the mail for the second peer was not taken");
      }
    }

    @Override
    public void close() {
      over = true;
      try {
        thread.join();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }
  }
}
