package org.entente.loadtests.chaos;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Comparison of the publishers' journal with the subscribers'.
 *
 * @param acknowledged messages acknowledged for at least one recipient
 * @param delivered pairs of message and recipient delivered to a subscriber of the recipient
 * @param lost acknowledged pairs that never arrived with that id and content, as text
 * @param doubled duplicates, as text: a key under two ids, an id at two positions
 * @param strays deliveries without an acknowledgement for that recipient, as text
 */
record JournalComparison(
    int acknowledged, int delivered, List<String> lost, List<String> doubled, List<String> strays) {

  JournalComparison {
    lost = List.copyOf(lost);
    doubled = List.copyOf(doubled);
    strays = List.copyOf(strays);
  }

  /** A message with its content at a recipient. */
  private record Copy(String agency, String key, String message) {
    @Override
    public String toString() {
      return key + " (message " + message + ") at " + agency;
    }
  }

  /** Compares; the order of the lines does not matter. */
  static JournalComparison of(
      Collection<Acknowledgement> acknowledgements, Collection<JournalReceipt> receipts) {
    Set<Copy> due = new LinkedHashSet<>();
    Set<String> acknowledged = new HashSet<>();
    for (Acknowledgement line : acknowledgements) {
      for (String recipient : line.recipients()) {
        due.add(new Copy(recipient, line.key(), line.message()));
        acknowledged.add(line.message());
      }
    }
    Set<Copy> came = new LinkedHashSet<>();
    for (JournalReceipt line : receipts) {
      came.add(new Copy(line.agency(), line.key(), line.message()));
    }
    return new JournalComparison(
        acknowledged.size(),
        came.size(),
        without(due, came),
        doubled(acknowledgements, receipts),
        without(came, due));
  }

  private static List<String> without(Set<Copy> all, Set<Copy> some) {
    return all.stream().filter(copy -> !some.contains(copy)).map(Copy::toString).toList();
  }

  private static List<String> doubled(
      Collection<Acknowledgement> acknowledgements, Collection<JournalReceipt> receipts) {
    Map<String, Set<String>> uses = new LinkedHashMap<>();
    for (Acknowledgement line : acknowledgements) {
      use(uses, "key " + line.key() + " was acknowledged under another id", line.message());
    }
    for (JournalReceipt line : receipts) {
      use(uses, "key " + line.key() + " came again to " + line.agency(), line.message());
      String place = "message " + line.message() + " is at another position of " + line.agency();
      use(uses, place, String.valueOf(line.position()));
    }
    List<String> doubled = new ArrayList<>();
    uses.forEach(
        (what, values) -> {
          for (int i = 1; i < values.size(); i++) {
            doubled.add(what + ": " + values);
          }
        });
    return doubled;
  }

  private static void use(Map<String, Set<String>> uses, String what, String value) {
    uses.computeIfAbsent(what, unused -> new LinkedHashSet<>()).add(value);
  }
}
