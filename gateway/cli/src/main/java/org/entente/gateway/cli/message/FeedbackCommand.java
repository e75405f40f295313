package org.entente.gateway.cli.message;

import io.grpc.ManagedChannel;
import java.util.HexFormat;
import java.util.List;
import org.entente.gateway.cli.call.MessageCall;
import org.entente.gateway.cli.text.DeskAddressParser;
import org.entente.gateway.crypto.Sha256;
import org.entente.proto.v1.Body;
import org.entente.proto.v1.Category;
import org.entente.proto.v1.Classification;
import org.entente.proto.v1.Commodity;
import org.entente.proto.v1.DetectionMethod;
import org.entente.proto.v1.Draft;
import org.entente.proto.v1.Feedback;
import org.entente.proto.v1.FeedbackResult;
import org.entente.proto.v1.Kind;
import org.entente.proto.v1.Label;
import org.entente.proto.v1.OnBehalfOf;
import org.entente.proto.v1.Outcome;
import org.entente.proto.v1.PublishRequest;
import org.entente.proto.v1.PublisherGrpc;
import org.entente.proto.v1.Purpose;
import org.entente.proto.v1.Status;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Reports to an originator the result of a control that its message prompted. */
@Command(
    name = "feedback",
    description = {
      "Reports to the originator of a received message the result of a control that it prompted.",
      "Only that agency receives it, under an agreement that covers FEEDBACK. Repeating the command"
          + " with",
      "the same options sends nothing new. The client needs the scope `publish`."
    },
    mixinStandardHelpOptions = true,
    footerHeading = "%nExample:%n",
    footer = {
      "  entente feedback 0197…3f --to fr.customs --result SEIZURE --place DEHAM --date 2026-03-02"
          + " \\",
      "      --detection SCANNER --goods 'sports shoes' --hs 6402 --quantity 1200 --unit PR \\",
      "      --category IPR --purpose IPR_ENFORCEMENT --classification RESTRICTED \\",
      "      --gateway 127.0.0.1:7442 --credentials de.customs/clients/declarations"
    })
public final class FeedbackCommand extends MessageCall {
  private static final int KEY = 32;

  @Option(
      names = "--to",
      required = true,
      paramLabel = "AGENCY",
      description = "the originator of that message, or a desk of it as in fr.customs/narcotics")
  private String to = "";

  @Option(
      names = "--result",
      required = true,
      paramLabel = "NAME",
      description = "NOTHING_FOUND, SEIZURE, DETAINED or OTHER")
  private FeedbackResult result = FeedbackResult.FEEDBACK_RESULT_UNSPECIFIED;

  @Option(
      names = "--date",
      required = true,
      paramLabel = "DAY",
      description = "day of the control, as in 2026-03-02")
  private String date = "";

  @Option(names = "--place", paramLabel = "UN/LOCODE", description = "where, such as DEHAM")
  private String place = "";

  @Option(
      names = "--detection",
      paramLabel = "NAME",
      description = "how: INTELLIGENCE, RISK_PROFILE, SCANNER, DOG, …")
  private DetectionMethod detection = DetectionMethod.DETECTION_METHOD_UNSPECIFIED;

  @Option(names = "--concealment", paramLabel = "TEXT", description = "how it was concealed")
  private String concealment = "";

  @Option(names = "--goods", paramLabel = "TEXT", description = "what was found, in words")
  private String goods = "";

  @Option(names = "--hs", paramLabel = "CODE", description = "its Harmonised System code")
  private String hs = "";

  @Option(names = "--brand", paramLabel = "NAME", description = "its brand as marked")
  private String brand = "";

  @Option(names = "--quantity", paramLabel = "NUMBER", description = "quantity of the goods")
  private String quantity = "";

  @Option(
      names = "--unit",
      paramLabel = "CODE",
      description = "unit of UN/ECE recommendation 20, such as KGM or PR")
  private String unit = "";

  @Option(names = "--remarks", paramLabel = "TEXT", description = "further remarks")
  private String remarks = "";

  @Option(
      names = "--language",
      defaultValue = "en",
      description = "language of the texts (default: ${DEFAULT-VALUE})")
  private String language = "en";

  @Option(names = "--category", required = true, paramLabel = "NAME", description = "such as IPR")
  private Category category = Category.CATEGORY_UNSPECIFIED;

  @Option(
      names = "--purpose",
      required = true,
      paramLabel = "NAME",
      description = "such as IPR_ENFORCEMENT")
  private Purpose purpose = Purpose.PURPOSE_UNSPECIFIED;

  @Option(
      names = "--classification",
      required = true,
      paramLabel = "NAME",
      description = "UNCLASSIFIED, RESTRICTED, CONFIDENTIAL or SECRET")
  private Classification classification = Classification.CLASSIFICATION_UNSPECIFIED;

  @Option(
      names = "--agreement",
      paramLabel = "ID",
      description = "agreement under which to share (default: the gateway selects it)")
  private String agreement = "";

  @Option(names = "--case", paramLabel = "REF", description = "the agency's own case reference")
  private String caseRef = "";

  @Option(names = "--exercise", description = "feedback on exercise traffic")
  private boolean exercise;

  @Option(
      names = "--officer",
      description = "the sending officer, where an agreement requires it; recorded")
  private String officer = "";

  @Option(
      names = "--justification",
      description = "reason, where an agreement requires it; recorded")
  private String justification = "";

  @Override
  public void with(ManagedChannel channel) {
    Draft draft = draft();
    byte[] hash = Sha256.hash(draft.toByteArray());
    String key = "feedback-" + HexFormat.of().formatHex(hash).substring(0, KEY);
    Outcome outcome =
        PublisherGrpc.newBlockingStub(channel)
            .publish(
                PublishRequest.newBuilder()
                    .setDraft(draft.toBuilder().setIdempotencyKey(key))
                    .build())
            .getOutcome();
    refuseUnless(tell(outcome));
  }

  private Draft draft() {
    return Draft.newBuilder()
        .setLabel(label())
        .setBody(Body.newBuilder().setFeedback(feedback()))
        .setTo(DeskAddressParser.addressing("--to", List.of(to)))
        .setOnBehalfOf(OnBehalfOf.newBuilder().setOfficer(officer).setJustification(justification))
        .build();
  }

  private Label label() {
    return Label.newBuilder()
        .setKind(Kind.KIND_FEEDBACK)
        .setCategory(category)
        .setPurpose(purpose)
        .setClassification(classification)
        .setStatus(exercise ? Status.STATUS_EXERCISE : Status.STATUS_ACTUAL)
        .setAgreement(agreement)
        .setCaseRef(caseRef)
        .setInReplyTo(id())
        .build();
  }

  private Feedback feedback() {
    Commodity found =
        Commodity.newBuilder()
            .setDescription(goods)
            .setHsCode(hs)
            .setBrand(brand)
            .setQuantity(quantity)
            .setUnit(unit)
            .build();
    boolean texts = !concealment.isEmpty() || !remarks.isEmpty();
    return Feedback.newBuilder()
        .setResult(result)
        .setPlace(place)
        .setDate(date)
        .setDetection(detection)
        .setConcealment(concealment)
        .setRemarks(remarks)
        .setLanguage(texts ? language : "")
        .addAllGoods(found.equals(Commodity.getDefaultInstance()) ? List.of() : List.of(found))
        .build();
  }
}
