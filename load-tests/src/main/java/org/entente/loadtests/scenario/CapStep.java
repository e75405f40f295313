package org.entente.loadtests.scenario;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.google.protobuf.ByteString;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.entente.gateway.bridge.AlertDraft;
import org.entente.gateway.bridge.AlertItem;
import org.entente.gateway.bridge.AlertSource;
import org.entente.gateway.bridge.CapFolder;
import org.entente.gateway.bridge.CapTerms;
import org.entente.gateway.bridge.Unmapped;
import org.entente.gateway.cli.CommandFailure;
import org.entente.loadtests.federation.Home;
import org.entente.loadtests.federation.ThrowawayFolder;
import org.entente.proto.v1.Alert;
import org.entente.proto.v1.Delivery;
import org.entente.proto.v1.Label;
import org.jspecify.annotations.Nullable;

/**
 * What a subscriber received of an alert is written as CAP 1.2, as {@code tail --cap} does, and
 * says the same when it is read again, as {@code send} does.
 *
 * @param by the subscriber
 * @param message its name
 * @param told elements of which the report beside the file says that CAP does not hold them as they
 *     stand; exactly these
 */
record CapStep(
    @JsonProperty(required = true) ClientRef by,
    @JsonProperty(required = true) String message,
    @Nullable List<String> told)
    implements Act {
  @Override
  public String word() {
    return "cap";
  }

  @Override
  public void check(Checking checking, String field) {
    checking.subscriber(field + ".by", by);
    checking.message(field + ".message", message);
  }

  @Override
  public void perform(Stage stage, Findings findings) throws InterruptedException {
    ByteString id = stage.id(message);
    Optional<Delivery> received = stage.feed(by).await(id, Stage.PATIENCE);
    findings.same(
        by + " has " + message, by + (received.isPresent() ? " has " : " has not ") + message);
    if (received.isPresent()) {
      try {
        roundTrip(received.get(), findings);
      } catch (IOException e) {
        throw new CommandFailure("the CAP file cannot be written: " + e, e);
      }
    }
  }

  private void roundTrip(Delivery delivery, Findings findings) throws IOException {
    Path folder = ThrowawayFolder.create();
    try {
      CapFolder.Written written =
          CapFolder.open(folder).write(delivery.getLabel(), delivery.getBody());
      findings.same(
          "CAP does not hold " + (told == null ? List.of() : told),
          "CAP does not hold " + written.unmapped().stream().map(Unmapped::path).toList());
      Alert alert = delivery.getBody().getAlert();
      findings.same(
          "reads again as " + ProtoFields.words(content(alert)),
          written
              .cap()
              .map(file -> again(file, delivery.getLabel()))
              .orElse("no CAP: " + written.reason()));
    } finally {
      ThrowawayFolder.delete(folder);
    }
  }

  /** What CAP has places for. */
  private static Alert content(Alert alert) {
    return alert.toBuilder().clearExtra().build();
  }

  private static String again(Path file, Label label) {
    Map<String, Object> said =
        Map.of(
            "category", EnumWords.of(label.getCategory().getValueDescriptor()),
            "purpose", EnumWords.of(label.getPurpose().getValueDescriptor()),
            "classification", EnumWords.of(label.getClassification().getValueDescriptor()));
    if (!(CapTerms.of(said, List.of(label.getOrigin())) instanceof CapTerms.Reading.Read read)) {
      throw new IllegalStateException("a received label has terms");
    }
    Path mappings = Home.find().folder().resolve("config").resolve("mappings");
    AlertSource.Opening opening = AlertSource.open(file, null, mappings, read.terms());
    if (!(opening instanceof AlertSource.Opening.Opened opened)) {
      return String.valueOf(opening);
    }
    try (AlertSource source = opened.source()) {
      AlertItem item = source.next();
      return item instanceof AlertDraft draft
          ? "reads again as " + ProtoFields.words(content(draft.draft().getBody().getAlert()))
          : String.valueOf(item);
    } catch (IOException e) {
      throw new CommandFailure("the CAP file cannot be read: " + e, e);
    }
  }
}
