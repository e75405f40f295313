package org.entente.gateway.cli.call;

import io.grpc.ManagedChannel;
import java.util.List;
import java.util.UUID;
import org.entente.gateway.cli.text.SubjectParser;
import org.entente.proto.v1.Category;
import org.entente.proto.v1.Draft;
import org.entente.proto.v1.Kind;
import org.entente.proto.v1.Label;
import org.entente.proto.v1.Outcome;
import org.entente.proto.v1.PersonRole;
import org.entente.proto.v1.PublishRequest;
import org.entente.proto.v1.PublisherGrpc;
import org.entente.proto.v1.Purpose;
import org.entente.proto.v1.Subject;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** A call that publishes one message given on the command line. */
public abstract class DraftCall extends ClientCall {
  @Mixin private LabelOptions label = new LabelOptions();

  @Option(
      names = "--subject",
      paramLabel = "SCHEME:VALUE",
      description =
          "what the message is about, such as container:CSQU3054383, vessel:9074729,"
              + " plate:FR/AB-123-CD or person:FAMILY/GIVEN/1980-02-01; may be repeated")
  private List<String> subjects = List.of();

  @Option(
      names = "--role",
      defaultValue = "OTHER",
      description =
          "role of the persons: SUSPECT, VICTIM, WITNESS, OTHER (default: ${DEFAULT-VALUE})")
  private PersonRole role = PersonRole.PERSON_ROLE_OTHER;

  @RequestField("idempotency_key")
  @Option(
      names = "--key",
      description =
          "idempotency key, any word: a call that is repeated with it sends nothing twice (default:"
              + " a new one)")
  private String key = "command-" + UUID.randomUUID();

  public List<Subject> subjects() {
    PersonRole part = role;
    return subjects.stream().map(word -> SubjectParser.of(word, part)).toList();
  }

  /** The label of the options, with a category and a purpose. */
  protected final Label.Builder label(Kind kind, Category category, Purpose purpose) {
    return label.label(kind, category, purpose);
  }

  protected final boolean isExercise() {
    return label.isExercise();
  }

  /** Publishes the draft, prints the outcome. */
  public void publish(ManagedChannel channel, Draft.Builder draft) {
    Outcome outcome =
        PublisherGrpc.newBlockingStub(channel)
            .publish(PublishRequest.newBuilder().setDraft(draft.setIdempotencyKey(key)).build())
            .getOutcome();
    refuseUnless(tell(outcome));
  }
}
