package org.entente.loadtests.demo;

import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.entente.loadtests.traffic.Headline;
import org.entente.loadtests.traffic.Publication;
import org.entente.loadtests.traffic.Watcher;
import org.entente.proto.v1.Delivery;
import org.entente.proto.v1.Label;
import org.entente.proto.v1.Outcome;
import org.entente.proto.v1.Refusal;

/**
 * Live display of events: deliveries and refusals of each record (once, without its repetitions)
 * and lost connections. Before {@link #begin} it shows only failed publications. Thread-safe.
 */
final class DemoDisplay implements Watcher {
  private final DemoOutput voice;
  private final Set<String> said = ConcurrentHashMap.newKeySet();
  private volatile boolean shows;

  DemoDisplay(DemoOutput voice) {
    this.voice = voice;
  }

  /** Shows all later events. */
  void begin() {
    shows = true;
  }

  @Override
  public void received(String agency, Delivery delivery, boolean again) {
    Label label = delivery.getLabel();
    String line =
        "  %-10s <- %-10s %-9s %-14s %s%s"
            .formatted(
                agency,
                label.getOrigin(),
                word(label.getLane().name(), "LANE_"),
                word(label.getCategory().name(), "CATEGORY_"),
                again ? "(again, dropped) " : "",
                Headline.of(delivery.getBody()));
    once(line, () -> voice.quote(line));
  }

  @Override
  public void answered(Publication publication, Outcome outcome) {
    if (outcome.hasHeld()) {
      String line =
          "  %-10s %s: %s"
              .formatted("HELD", publication.publisher(), outcome.getHeld().getReason());
      once(publication.source(), () -> voice.wrap(line));
    }
    outcome.getAccepted().getRefusalsList().forEach(refusal -> refused(publication, refusal));
    outcome.getRefused().getRefusalsList().forEach(refusal -> refused(publication, refusal));
  }

  private void refused(Publication publication, Refusal refusal) {
    String whom = refusal.getAgency().isEmpty() ? "everybody" : refusal.getAgency();
    String rule = refusal.getRule().isEmpty() ? refusal.getCode() : refusal.getRule();
    String line =
        "  %-10s %s to %s by %s: %s"
            .formatted("REFUSED", publication.publisher(), whom, rule, refusal.getReason());
    once(publication.source() + whom, () -> voice.wrap(line));
  }

  @Override
  public void failed(Publication publication, String why) {
    voice.wrap("  %-10s %s: %s".formatted("INVALID", publication.source(), why));
  }

  @Override
  public void retrying(String agency, String what) {
    String line = "  %-10s %s; retrying until there is an answer".formatted(agency, what);
    once(agency + what, () -> voice.wrap(line));
  }

  private void once(String key, Runnable saying) {
    if (shows && said.add(key)) {
      saying.run();
    }
  }

  private static String word(String name, String prefix) {
    return name.startsWith(prefix) ? name.substring(prefix.length()) : name;
  }
}
