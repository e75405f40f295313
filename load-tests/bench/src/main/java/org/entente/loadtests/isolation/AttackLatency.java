package org.entente.loadtests.isolation;

import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.entente.gateway.cli.failure.CommandFailure;
import org.entente.gateway.client.Credentials;
import org.entente.loadtests.federation.Federation;

/**
 * Measures how long lone messages of honest members take while another member attacks the port of
 * peers of the transit that carries them. The attack itself costs processor time on this machine,
 * so each round is compared with one in which the same attack goes to a gateway that the messages
 * do not use.
 */
final class AttackLatency {
  private static final String FROM = "us.cbp";
  private static final String TO = "sg.police";

  /** The transit that carries the messages: it is attacked. */
  private static final String TRANSIT = "x.hub";

  private static final String ATTACKER = "fr.customs";
  private static final String ELSEWHERE = "de.customs";
  private static final String NOTICES = "notices";
  private static final int PAUSE_MILLIS = 3;
  private static final int LEAD_MILLIS = 300;
  private static final double PERCENTILE = 0.99;

  private final Federation federation;
  private final Consumer<String> say;
  private final WarningStream lone;

  /**
   * 99th percentiles of one attack, in milliseconds: the least of all rounds.
   *
   * @param beside while the transit is attacked
   * @param elsewhere while another gateway is attacked
   */
  record Result(double beside, double elsewhere) {
    /** How many times longer it takes beside the attack. */
    double ratio() {
      return beside / elsewhere;
    }

    private Result and(Result other) {
      return new Result(Math.min(beside, other.beside), Math.min(elsewhere, other.elsewhere));
    }
  }

  /** Starts the gateways. The attacker's own does not run: the attacker takes its place. */
  AttackLatency(Federation federation, Consumer<String> say) throws InterruptedException {
    this.federation = federation;
    this.say = say;
    federation.start(List.of(FROM, TO, TRANSIT, ELSEWHERE));
    lone = new WarningStream(federation, FROM, TO, "lone");
    lone.subscribe();
  }

  /** The attacks by name. */
  static List<String> attacks() {
    List<String> names = new ArrayList<>();
    for (Attack attack : Attack.values()) {
      names.add(name(attack));
    }
    names.add(NOTICES);
    return names;
  }

  private static String name(Attack attack) {
    return attack.name().toLowerCase(Locale.ROOT).replace('_', ' ');
  }

  private static Attack named(String name) {
    return Attack.valueOf(name.replace(' ', '_').toUpperCase(Locale.ROOT));
  }

  /**
   * Measures each attack in turns.
   *
   * @param messages lone messages per round
   * @throws CommandFailure if a message is lost, or an attacker did nothing
   */
  Map<String, Result> measure(int messages, int rounds) throws InterruptedException {
    percentile(messages);
    Map<String, Result> results = new LinkedHashMap<>();
    for (int i = 0; i < rounds; i++) {
      for (String attack : attacks()) {
        double elsewhere = round(attack, ELSEWHERE, messages);
        double beside = round(attack, TRANSIT, messages);
        results.merge(attack, new Result(beside, elsewhere), Result::and);
      }
    }
    return results;
  }

  private double round(String attack, String victim, int messages) throws InterruptedException {
    try (Hostile hostile = hostile(attack, victim)) {
      TimeUnit.MILLISECONDS.sleep(LEAD_MILLIS);
      double millis = percentile(messages);
      say.accept("%s at %s: p99 %.1f ms; %s".formatted(attack, victim, millis, hostile.told()));
      if (hostile.acts() == 0) {
        throw new CommandFailure("the attack with " + attack + " did nothing");
      }
      return millis;
    }
  }

  private Hostile hostile(String attack, String victim) {
    Credentials own = federation.gatewayCredentials(ATTACKER);
    Credentials credentials =
        new Credentials(
            own.certificate(), own.key(), federation.gatewayCredentials(victim).authority());
    String address = String.valueOf(federation.plan(victim).peers());
    if (attack.equals(NOTICES)) {
      return new HostileNotices(address, credentials, ATTACKER, victim, TO);
    }
    int colon = address.lastIndexOf(':');
    InetSocketAddress at =
        new InetSocketAddress(
            address.substring(0, colon), Integer.parseInt(address.substring(colon + 1)));
    return new HostileMember(named(attack), at, credentials);
  }

  /** Sends messages one after the other; returns the percentile of their times in milliseconds. */
  private double percentile(int messages) throws InterruptedException {
    long[] nanos = new long[messages];
    for (int i = 0; i < messages; i++) {
      long before = lone.arrived();
      long start = System.nanoTime();
      lone.send();
      lone.awaitArrived(before + 1);
      nanos[i] = System.nanoTime() - start;
      TimeUnit.MILLISECONDS.sleep(PAUSE_MILLIS);
    }
    Arrays.sort(nanos);
    int index = (int) Math.ceil(PERCENTILE * messages) - 1;
    return nanos[index] / (double) TimeUnit.MILLISECONDS.toNanos(1);
  }
}
