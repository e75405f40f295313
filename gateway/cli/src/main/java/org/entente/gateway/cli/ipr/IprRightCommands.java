package org.entente.gateway.cli.ipr;

import com.google.protobuf.ByteString;
import com.google.protobuf.Timestamp;
import com.google.protobuf.util.Timestamps;
import java.time.Duration;
import java.util.List;
import org.entente.gateway.cli.text.EnumParser;
import org.entente.proto.v1.DecideRecordationRequest;
import org.entente.proto.v1.IprProcedureGrpc.IprProcedureBlockingStub;
import org.entente.proto.v1.IprRight;
import org.entente.proto.v1.ListRecordationsRequest;
import org.entente.proto.v1.ListRecordationsResponse;
import org.entente.proto.v1.ReadRecordationRequest;
import org.entente.proto.v1.RecordRightRequest;
import org.entente.proto.v1.RecordationContent;
import org.entente.proto.v1.RecordationDecision;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Officers' commands about recordations. */
final class IprRightCommands {
  private IprRightCommands() {}

  /** An application. */
  @Command(
      name = "record",
      description = "Records an application for action; prints its id.",
      mixinStandardHelpOptions = true)
  static final class RecordRight extends IprCall.OfficerCall {
    @Option(
        names = "--right",
        required = true,
        description = "kind of right: TRADE_MARK, DESIGN, COPYRIGHT, PATENT, …")
    private String right = "";

    @Option(names = "--number", required = true, description = "its number in the register")
    private String number = "";

    @Option(names = "--holder", required = true, description = "who holds it")
    private String holder = "";

    @Option(names = "--product", required = true, description = "what it protects; may be repeated")
    private List<String> products = List.of();

    @Option(names = "--features", description = "how genuine goods are told from others")
    private String features = "";

    @Option(names = "--contact", required = true, description = "whom to reach")
    private String contact = "";

    @Option(names = "--client", description = "the holder's client of this gateway, if it has one")
    private String client = "";

    @Option(names = "--small", description = "the holder asks for the small consignment procedure")
    private boolean small;

    @Option(
        names = "--applied",
        paramLabel = "TIME",
        description = "when the application was received (default: now)")
    private @Nullable String applied;

    @Option(
        names = "--id",
        paramLabel = "HEX",
        description = "32 hex digits of your own, so that typing it twice records it once")
    private @Nullable String id;

    @Override
    void call(IprProcedureBlockingStub stub) {
      RecordRightRequest.Builder request =
          RecordRightRequest.newBuilder()
              .setContent(
                  RecordationContent.newBuilder()
                      .setRight(EnumParser.of(IprRight.class, "IPR_RIGHT_", right))
                      .setRightNumber(number)
                      .setHolderName(holder)
                      .addAllProducts(products)
                      .setGenuineFeatures(features)
                      .setContact(contact)
                      .setHolderClient(client)
                      .setSmallConsignments(small))
              .setOnBehalfOf(officer());
      if (applied != null) {
        request.setAppliedAt(time("--applied", applied));
      }
      if (id != null) {
        request.setRecordationId(id("--id", id));
      }
      print(stub.recordRight(request.build()).getRecordation());
    }
  }

  /** A decision about one. */
  private abstract static class Decision extends IprCall.OfficerCall {
    @Parameters(paramLabel = "RECORDATION", description = "recordation id, 32 hex digits")
    private String id = "";

    void decide(IprProcedureBlockingStub stub, DecideRecordationRequest.Builder decision) {
      print(
          stub.decideRecordation(
                  decision.setRecordationId(id("RECORDATION", id)).setOnBehalfOf(officer()).build())
              .getRecordation());
    }
  }

  /** Grants or prolongs. */
  @Command(
      name = "grant",
      description = "Grants an application, or prolongs what is in force.",
      mixinStandardHelpOptions = true)
  static final class Grant extends Decision {
    @Option(
        names = "--from",
        paramLabel = "TIME",
        description = "in force from then on (default: now, or as it was)")
    private @Nullable String from;

    @ArgGroup(multiplicity = "1")
    private Validity validity = new Validity();

    /** One of the two. */
    private static final class Validity {
      @Option(
          names = "--until",
          required = true,
          paramLabel = "TIME",
          description = "in force until then: a day (its beginning, UTC) or a time")
      private @Nullable String until;

      @Option(
          names = "--days",
          required = true,
          description = "in force for so many days from now on")
      private int days;

      Timestamp end() {
        return until == null
            ? Timestamps.fromMillis(System.currentTimeMillis() + Duration.ofDays(days).toMillis())
            : time("--until", until);
      }
    }

    @Override
    void call(IprProcedureBlockingStub stub) {
      DecideRecordationRequest.Builder decision =
          DecideRecordationRequest.newBuilder()
              .setDecision(RecordationDecision.RECORDATION_DECISION_GRANT)
              .setValidTo(validity.end());
      if (from != null) {
        decision.setValidFrom(time("--from", from));
      }
      decide(stub, decision);
    }
  }

  /** Refuses. */
  @Command(
      name = "refuse",
      description = "Refuses an application, for good.",
      mixinStandardHelpOptions = true)
  static final class Refuse extends Decision {
    @Override
    void call(IprProcedureBlockingStub stub) {
      decide(
          stub,
          DecideRecordationRequest.newBuilder()
              .setDecision(RecordationDecision.RECORDATION_DECISION_REFUSE));
    }
  }

  /** Takes back. */
  @Command(
      name = "revoke",
      description = "Takes a recordation back, for good; cases that are open go on.",
      mixinStandardHelpOptions = true)
  static final class Revoke extends Decision {
    @Override
    void call(IprProcedureBlockingStub stub) {
      decide(
          stub,
          DecideRecordationRequest.newBuilder()
              .setDecision(RecordationDecision.RECORDATION_DECISION_REVOKE));
    }
  }

  /** All of them. */
  @Command(
      name = "rights",
      description = "Lists recordations, oldest first; shows no contact.",
      mixinStandardHelpOptions = true)
  static final class Rights extends IprCall {
    @Override
    void call(IprProcedureBlockingStub stub) {
      ByteString after = ByteString.EMPTY;
      do {
        ListRecordationsResponse page =
            stub.listRecordations(ListRecordationsRequest.newBuilder().setAfter(after).build());
        page.getRecordationsList().forEach(this::print);
        after = page.getNext();
      } while (!after.isEmpty());
    }
  }

  /** One of them. */
  @Command(
      name = "right",
      description = "Shows one recordation whole, as JSON; recorded.",
      mixinStandardHelpOptions = true)
  static final class Right extends IprCall.OfficerCall {
    @Parameters(paramLabel = "RECORDATION", description = "recordation id, 32 hex digits")
    private String id = "";

    @Override
    void call(IprProcedureBlockingStub stub) {
      printWhole(
          stub.readRecordation(
                  ReadRecordationRequest.newBuilder()
                      .setRecordationId(id("RECORDATION", id))
                      .setOnBehalfOf(officer())
                      .build())
              .getRecordation());
    }
  }
}
