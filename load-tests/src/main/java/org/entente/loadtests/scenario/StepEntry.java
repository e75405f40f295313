package org.entente.loadtests.scenario;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * One step as the file writes it: what it says to a reader, and exactly one thing that is done.
 *
 * @param say one line
 */
record StepEntry(
    @JsonProperty(required = true) String say,
    @Nullable PublishStep publish,
    @Nullable DeliverStep deliver,
    @Nullable ReleaseStep release,
    @Nullable RecallStep recall,
    @Nullable TrackStep track,
    @Nullable OpenStep open,
    @Nullable SearchStep search,
    @Nullable GatewayStep gateway,
    @Nullable TransitStep transit) {

  /** What is done, by the word that the file has for it. */
  Map<String, Act> acts() {
    return Stream.<Act>of(publish, deliver, release, recall, track, open, search, gateway, transit)
        .filter(Objects::nonNull)
        .collect(Collectors.toMap(Act::word, act -> act));
  }
}
