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
 * Shows what happens as it happens, each line once: deliveries and refusals of a record (its
 * repetitions come out alike), lost connections. Safe for many threads.
 */
final class Show implements Watcher {
  private final Voice voice;
  private final Set<String> said = ConcurrentHashMap.newKeySet();

  Show(Voice voice) {
    this.voice = voice;
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
    once(line, line);
  }

  @Override
  public void answered(Publication publication, Outcome outcome) {
    if (outcome.hasHeld()) {
      once(publication.source(), "  held: " + outcome.getHeld().getReason());
    }
    outcome.getAccepted().getRefusalsList().forEach(refusal -> refused(publication, refusal));
    outcome.getRefused().getRefusalsList().forEach(refusal -> refused(publication, refusal));
  }

  private void refused(Publication publication, Refusal refusal) {
    String whom = refusal.getAgency().isEmpty() ? "everybody" : refusal.getAgency();
    once(
        publication.source() + whom,
        "  REFUSED    %s to %s by %s: %s"
            .formatted(publication.publisher(), whom, refusal.getRule(), refusal.getReason()));
  }

  @Override
  public void failed(Publication publication, String why) {
    voice.quote("  INVALID    " + publication.source() + ": " + why);
  }

  @Override
  public void retrying(String agency, String what) {
    once(
        agency + what, "  %-10s %s; trying again until there is an answer".formatted(agency, what));
  }

  private void once(String key, String line) {
    if (said.add(key)) {
      voice.quote(line);
    }
  }

  private static String word(String name, String prefix) {
    return name.startsWith(prefix) ? name.substring(prefix.length()) : name;
  }
}
