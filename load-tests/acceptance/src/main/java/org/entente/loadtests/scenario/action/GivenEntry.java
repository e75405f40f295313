package org.entente.loadtests.scenario.action;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.google.protobuf.util.Durations;
import com.google.protobuf.util.Timestamps;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import org.entente.proto.v1.GivenConsent;
import org.entente.proto.v1.Purpose;
import org.jspecify.annotations.Nullable;

/**
 * A consent as the recipient of a passed-on message sees it.
 *
 * @param originator the agency that gave it
 * @param messages names of its messages that may be passed on
 * @param purposes the permitted purposes
 * @param days its duration from the grant, days
 */
public record GivenEntry(
    @JsonProperty(required = true) String originator,
    @JsonProperty(required = true) List<String> messages,
    @JsonProperty(required = true) List<String> purposes,
    @JsonProperty(required = true) int days) {
  public GivenEntry {
    messages = List.copyOf(messages);
    purposes = List.copyOf(purposes);
  }

  private void check(ScenarioCheck checking, String field) {
    checking.agency(field + ".originator", originator);
    checking.messages(field + ".messages", messages);
    for (int i = 0; i < purposes.size(); i++) {
      checking.constant(field + ".purposes[" + i + "]", Purpose.getDescriptor(), purposes.get(i));
    }
    checking.require(days > 0 && days <= 365, field + ".days", "is " + days, "1 to 365");
  }

  /** Checks the expected consents of a step, by name. */
  public static void check(
      ScenarioCheck checking, String field, @Nullable Map<String, GivenEntry> expected) {
    if (expected != null) {
      expected.forEach(
          (name, entry) -> {
            checking.named(field + "." + name, NamedObject.CONSENT, name);
            entry.check(checking, field + "." + name);
          });
    }
  }

  private String words() {
    return words(originator, new TreeSet<>(messages), new TreeSet<>(purposes), days);
  }

  /** The expected consents, in words. */
  public static String words(Map<String, GivenEntry> expected) {
    Map<String, String> words = new TreeMap<>();
    expected.forEach((name, entry) -> words.put(name, entry.words()));
    return "under " + words;
  }

  /** The received consents, in the same words. */
  public static String words(ScenarioFederation stage, List<GivenConsent> given) {
    Map<String, String> words = new TreeMap<>();
    for (GivenConsent it : given) {
      TreeSet<String> messages = new TreeSet<>();
      it.getMessageIdsList().forEach(id -> messages.add(stage.name(id)));
      TreeSet<String> purposes = new TreeSet<>();
      it.getPurposesList().forEach(one -> purposes.add(ScenarioEnums.of(one.getValueDescriptor())));
      words.put(
          stage.things().name(NamedObject.CONSENT, it.getConsentId()),
          words(it.getOriginator(), messages, purposes, days(it)));
    }
    return "under " + words;
  }

  private static String words(
      String originator, TreeSet<String> messages, TreeSet<String> purposes, long days) {
    return "%s on %s for %s, %d days".formatted(originator, messages, purposes, days);
  }

  /** Whole days, rounded up: some time passes between request and grant. */
  private static long days(GivenConsent given) {
    long day = Duration.ofDays(1).toMillis();
    long lasts = Durations.toMillis(Timestamps.between(given.getGivenAt(), given.getUntil()));
    return (lasts + day - 1) / day;
  }
}
