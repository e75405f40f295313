package org.entente.gateway.federation;

import static org.entente.gateway.federation.RunningFederation.DE;
import static org.entente.gateway.federation.RunningFederation.FR;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.function.BooleanSupplier;
import org.entente.gateway.testkit.RequestSamples;
import org.entente.proto.v1.Category;
import org.entente.proto.v1.DiscoverRequest;
import org.entente.proto.v1.DiscoveredResponder;
import org.entente.proto.v1.Matching;
import org.entente.proto.v1.RegisterResponderRequest;
import org.entente.proto.v1.RegisterResponderResponse;
import org.entente.proto.v1.RequestsGrpc;
import org.entente.proto.v1.Responder;
import org.entente.proto.v1.ResponderStatus;
import org.entente.proto.v1.WithdrawResponderRequest;
import org.entente.proto.v1.WithdrawResponderResponse;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What one agency's client registers, another agency's finds, as far as agreements let it ask. */
class ResponderPathTest {
  @RegisterExtension final RunningFederation federation = new RunningFederation(FR, DE);

  private RequestsGrpc.RequestsBlockingStub calls(String agency) {
    return RequestsGrpc.newBlockingStub(federation.channel(agency));
  }

  private void register(ResponderStatus status) {
    RegisterResponderResponse done =
        calls(DE)
            .registerResponder(
                RegisterResponderRequest.newBuilder()
                    .setResponder(
                        Responder.newBuilder()
                            .setName("warnings")
                            .addCategories(Category.CATEGORY_PUBLIC_WARNING)
                            .addCategories(Category.CATEGORY_IPR)
                            .setAnswersWithinMinutes(30)
                            .setMatching(Matching.MATCHING_BEST_EFFORT)
                            .setSubjectsPerRequest(1)
                            .setStatus(status))
                    .setOnBehalfOf(RequestSamples.PERSON)
                    .build());
    assertEquals(RegisterResponderResponse.getDefaultInstance(), done);
  }

  private List<DiscoveredResponder> found() {
    return calls(FR).discover(DiscoverRequest.getDefaultInstance()).getRespondersList();
  }

  /** Lists follow each other a minute apart. */
  private void passAMinute() {
    federation.pass(Duration.ofMinutes(1), Duration.ofMinutes(1));
  }

  /**
   * Lets minutes pass until a list has changed what is found. It waits for the statement that the
   * recipient has the last one, which one that was stopped may owe for some time.
   */
  private void awaitChange(String what, BooleanSupplier isFound) {
    federation.await(
        what,
        () -> {
          if (isFound.getAsBoolean()) {
            return true;
          }
          passAMinute();
          return false;
        });
  }

  @Test
  void responder_isFoundByWhoMayAsk_asLongAsItMay_alsoOverRestarts() throws IOException {
    assertEquals(List.of(), found());
    register(ResponderStatus.RESPONDER_STATUS_AVAILABLE);
    federation.await("it is found", () -> !found().isEmpty());
    DiscoveredResponder one = found().get(0);
    assertEquals(DE, one.getAgency());
    assertEquals(
        List.of(Category.CATEGORY_PUBLIC_WARNING),
        one.getResponder().getCategoriesList(),
        "no agreement lets counterfeits be asked about");
    federation.stop(FR);
    federation.start(FR);
    assertEquals(List.of(one), found());
    register(ResponderStatus.RESPONDER_STATUS_UNAVAILABLE);
    awaitChange(
        "the change is known",
        () ->
            found().get(0).getResponder().getStatus()
                == ResponderStatus.RESPONDER_STATUS_UNAVAILABLE);
    federation.pass(Duration.ofDays(9), Duration.ofHours(12));
    awaitChange("it is said again and again", () -> found().size() == 1);

    Path agreement = federation.folder().resolve("agreements").resolve("warnings.yaml");
    String text = Files.readString(agreement);
    assertTrue(text.contains("[ALERT, REQUEST, ANSWER, OPERATION]"));
    Files.writeString(agreement, text.replace("[ALERT, REQUEST, ANSWER, OPERATION]", "[ALERT]"));
    awaitChange("who may not ask finds nobody", () -> found().isEmpty());
    Files.writeString(agreement, text);
    awaitChange("who may ask again finds it again", () -> found().size() == 1);

    WithdrawResponderResponse done =
        calls(DE)
            .withdrawResponder(
                WithdrawResponderRequest.newBuilder()
                    .setName("warnings")
                    .setOnBehalfOf(RequestSamples.PERSON)
                    .build());
    assertEquals(WithdrawResponderResponse.getDefaultInstance(), done);
    awaitChange("what was withdrawn is found no more", () -> found().isEmpty());
  }
}
