package org.entente.loadtests.chaos;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.random.RandomGenerator;
import org.entente.loadtests.traffic.Publication;
import org.entente.loadtests.traffic.TrafficPublisher;
import org.entente.proto.v1.Addressing;
import org.entente.proto.v1.Alert;
import org.entente.proto.v1.AlertText;
import org.entente.proto.v1.Body;
import org.entente.proto.v1.Category;
import org.entente.proto.v1.Classification;
import org.entente.proto.v1.Draft;
import org.entente.proto.v1.Kind;
import org.entente.proto.v1.Label;
import org.entente.proto.v1.Lane;
import org.entente.proto.v1.Purpose;
import org.entente.proto.v1.Severity;
import org.entente.proto.v1.Status;
import org.jspecify.annotations.Nullable;

/**
 * Source of public warnings from any agency to any others, until it is ended: in all lanes, some of
 * them exercises, most of them short. The sample agreements permit them all. Each has its
 * idempotency key in its content, so that a subscriber recognises a message that arrives under two
 * ids. Thread-safe.
 */
final class Load implements TrafficPublisher.Source {
  private static final String KEY = "key";
  private static final int EXERCISES = 8;
  private static final int LONG_ONES = 16;
  private static final int SHORT_CHARACTERS = 300;
  private static final int LONG_CHARACTERS = 16_000;
  private static final List<Lane> LANES =
      List.of(Lane.LANE_FLASH, Lane.LANE_IMMEDIATE, Lane.LANE_PRIORITY, Lane.LANE_ROUTINE);

  private final RandomGenerator random;
  private final List<String> agencies;
  private final int longOnes;
  private int made;
  private boolean ended;

  /** Warnings among these agencies, two at least. */
  Load(RandomGenerator random, Collection<String> agencies) {
    this(random, agencies, LONG_ONES);
  }

  /**
   * The same, with long messages.
   *
   * @param longOnes one message in this many is long; 1 for all
   */
  Load(RandomGenerator random, Collection<String> agencies, int longOnes) {
    this.random = random;
    this.agencies = List.copyOf(agencies);
    this.longOnes = longOnes;
  }

  /** The key that a message's content has, or an empty text. */
  static String keyOf(Body body) {
    return body.getAlert().getExtraOrDefault(KEY, "");
  }

  @Override
  public synchronized @Nullable Publication next() {
    if (ended) {
      return null;
    }
    String key = "chaos:" + made++;
    String publisher = agencies.get(random.nextInt(agencies.size()));
    return Publication.of(key, publisher, key, draft(key, recipients(publisher)));
  }

  /** Ends the source; returns the number of messages given. */
  synchronized int end() {
    ended = true;
    return made;
  }

  private Set<String> recipients(String publisher) {
    List<String> others = new ArrayList<>(agencies);
    others.remove(publisher);
    Set<String> recipients = new TreeSet<>();
    recipients.add(others.get(random.nextInt(others.size())));
    others.stream().filter(other -> random.nextInt(others.size()) == 0).forEach(recipients::add);
    return recipients;
  }

  private Draft draft(String key, Set<String> recipients) {
    boolean exercise = random.nextInt(EXERCISES) == 0;
    int length = random.nextInt(random.nextInt(longOnes) == 0 ? LONG_CHARACTERS : SHORT_CHARACTERS);
    return Draft.newBuilder()
        .setLabel(
            Label.newBuilder()
                .setKind(Kind.KIND_ALERT)
                .setCategory(Category.CATEGORY_PUBLIC_WARNING)
                .setPurpose(Purpose.PURPOSE_PUBLIC_SAFETY)
                .setClassification(Classification.CLASSIFICATION_UNCLASSIFIED)
                .setSeverity(Severity.SEVERITY_SEVERE)
                .setStatus(exercise ? Status.STATUS_EXERCISE : Status.STATUS_ACTUAL)
                .setLane(LANES.get(random.nextInt(LANES.size()))))
        .setBody(
            Body.newBuilder()
                .setAlert(
                    Alert.newBuilder()
                        .addTexts(
                            AlertText.newBuilder()
                                .setLanguage("en")
                                .setHeadline("Warning " + key)
                                .setDescription("w".repeat(length)))
                        .putExtra(KEY, key)))
        .setTo(Addressing.newBuilder().addAllAgencies(recipients))
        .build();
  }
}
