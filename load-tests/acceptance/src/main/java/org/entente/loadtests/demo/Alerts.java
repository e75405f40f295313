package org.entente.loadtests.demo;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.entente.gateway.bridge.AlertSource;
import org.entente.gateway.bridge.format.AlertDraft;
import org.entente.gateway.bridge.format.AlertItem;
import org.entente.gateway.bridge.format.BadRecord;
import org.entente.gateway.cli.failure.CommandFailure;
import org.entente.loadtests.traffic.Publication;
import org.entente.proto.v1.Draft;
import org.entente.proto.v1.Status;
import org.jspecify.annotations.Nullable;

/**
 * The publications of a demonstration.
 *
 * @param publications in the order of the source, each key once
 * @param bad records that gave no publication
 */
record Alerts(List<Publication> publications, List<BadRecord> bad) {
  private static final int KEY = 46;

  Alerts {
    publications = List.copyOf(publications);
    bad = List.copyOf(bad);
  }

  /**
   * Reads a file or folder.
   *
   * @param publishers agencies that have a client to publish
   * @throws CommandFailure if the path cannot be opened or holds nothing to publish
   */
  static Alerts read(Path path, @Nullable Path mapping, Path mappings, Set<String> publishers) {
    AlertSource.OpenResult opening = AlertSource.open(path, mapping, mappings);
    if (opening instanceof AlertSource.OpenResult.NotOpened failed) {
      throw new CommandFailure(
          failed.problems().stream().map(Object::toString).collect(Collectors.joining("\n")));
    }
    Reader reader = new Reader(publishers);
    try (AlertSource source = ((AlertSource.OpenResult.Opened) opening).source()) {
      source.forEachRemaining(reader::take);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    if (reader.publications.isEmpty()) {
      throw new CommandFailure(
          path
              + " holds nothing to publish"
              + reader.bad.stream().map(bad -> "\n" + bad).collect(Collectors.joining()));
    }
    return new Alerts(reader.publications, reader.bad);
  }

  /**
   * The same publications repeated in whole rounds, with further keys, up to at least this number.
   */
  Alerts repeatedTo(int atLeast) {
    List<Publication> repeated = new ArrayList<>(publications);
    for (int round = 2; repeated.size() < atLeast; round++) {
      for (Publication first : publications) {
        String key = cut(first.key()) + ":" + round;
        repeated.add(Publication.of(key, first.publisher(), first.source(), first.draft()));
      }
    }
    return new Alerts(repeated, bad);
  }

  /** The same as exercise traffic, under other keys. */
  Alerts asExercise() {
    List<Publication> exercise = new ArrayList<>();
    for (Publication actual : publications) {
      Draft.Builder draft = actual.draft().toBuilder();
      draft.getLabelBuilder().setStatus(Status.STATUS_EXERCISE);
      String key = "exercise:" + cut(actual.key());
      exercise.add(Publication.of(key, actual.publisher(), actual.source(), draft.build()));
    }
    return new Alerts(exercise, bad);
  }

  private static String cut(String key) {
    return key.substring(0, Math.min(KEY, key.length()));
  }

  private static final class Reader {
    private final Set<String> publishers;
    private final Set<String> keys = new HashSet<>();
    private final List<Publication> publications = new ArrayList<>();
    private final List<BadRecord> bad = new ArrayList<>();

    Reader(Set<String> publishers) {
      this.publishers = publishers;
    }

    void take(AlertItem item) {
      if (item instanceof BadRecord record) {
        bad.add(record);
        return;
      }
      AlertDraft alert = (AlertDraft) item;
      String key = alert.draft().getIdempotencyKey();
      String publisher = alert.publisher().value();
      if (!publishers.contains(publisher)) {
        String valid = publisher + " has no client here; valid: " + String.join(", ", publishers);
        bad.add(new BadRecord(alert.file(), alert.line(), "publisher", valid));
      } else if (!keys.add(key)) {
        String valid = key + " was used before; a key of its own is needed";
        bad.add(new BadRecord(alert.file(), alert.line(), "idempotency_key", valid));
      } else {
        String source = alert.file() + ":" + alert.line();
        publications.add(Publication.of(key, publisher, source, alert.draft()));
      }
    }
  }
}
