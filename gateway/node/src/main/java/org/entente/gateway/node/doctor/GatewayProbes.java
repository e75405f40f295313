package org.entente.gateway.node.doctor;

import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;

/** Probes of what a running gateway says of itself. */
final class GatewayProbes {
  private static final String WARNING = "warning: ";
  private static final int OK = 200;
  private static final int UNAVAILABLE = 503;
  private static final Pattern DOWN =
      Pattern.compile("(?m)^entente_link_up\\{peer=\"([^\"]+)\",?} 0(?:\\.0)?$");
  private static final Pattern PAUSED =
      Pattern.compile("(?m)^entente_link_paused\\{peer=\"([^\"]+)\",by=\"[^\"]+\",?} 1(?:\\.0)?$");
  private static final Pattern UNDELIVERED =
      Pattern.compile("(?m)^entente_link_undelivered_bytes\\{peer=\"([^\"]+)\",[^}]*} (\\S+)$");

  private GatewayProbes() {}

  static List<String> silence(DoctorSubject subject) {
    int status = subject.ready().status();
    return status == OK || status == UNAVAILABLE
        ? List.of()
        : List.of(
            "listen.admin: /readyz answers with status %d; is this a gateway's admin port?"
                .formatted(status));
  }

  static List<String> obstacles(DoctorSubject subject) {
    AdminPort.Answer answer = subject.ready();
    return answer.status() == OK ? List.of() : answer.body().lines().toList();
  }

  /** The warnings about a topic, which is the first word of each. */
  static DoctorCheck.Probe warnings(String topic) {
    return subject ->
        warnings(subject).stream().filter(warning -> topic(warning).equals(topic)).toList();
  }

  /** The warnings about none of these topics. */
  static DoctorCheck.Probe otherWarnings(Collection<String> topics) {
    return subject ->
        warnings(subject).stream().filter(warning -> !topics.contains(topic(warning))).toList();
  }

  private static List<String> warnings(DoctorSubject subject) {
    return subject
        .ready()
        .body()
        .lines()
        .filter(line -> line.startsWith(WARNING))
        .map(line -> line.substring(WARNING.length()))
        .toList();
  }

  private static String topic(String warning) {
    return warning.replaceFirst("[ :].*", "");
  }

  /** Links that are down, although neither end paused them. */
  static List<String> linksDown(DoctorSubject subject) {
    String metrics = subject.metrics();
    Set<String> down = new TreeSet<>();
    DOWN.matcher(metrics).results().map(GatewayProbes::peer).forEach(down::add);
    PAUSED.matcher(metrics).results().map(GatewayProbes::peer).forEach(down::remove);
    return down.stream().map(peer -> "link: " + peer + " is down" + owed(metrics, peer)).toList();
  }

  /** The mail of all lanes that a peer does not hold; empty if there is none. */
  private static String owed(String metrics, String peer) {
    double bytes =
        UNDELIVERED
            .matcher(metrics)
            .results()
            .filter(lane -> peer(lane).equals(peer))
            .mapToDouble(lane -> Double.parseDouble(lane.group(2)))
            .sum();
    return bytes == 0 ? "" : String.format(Locale.ROOT, "; %.0f bytes of mail wait", bytes);
  }

  private static String peer(MatchResult found) {
    return found.group(1);
  }
}
