package org.entente.gateway.cli.ipr;

import com.google.protobuf.ByteString;
import com.google.protobuf.Timestamp;
import com.google.protobuf.util.Timestamps;
import java.time.Duration;
import java.util.List;
import org.entente.gateway.cli.call.RequestField;
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

/** Officers' commands for recordations. */
final class IprRightCommands {
  private IprRightCommands() {}

  /** Records an application. */
  @Command(
      name = "record",
      description = "Records an application for action; prints its id.",
      mixinStandardHelpOptions = true)
  static final class RecordRight extends IprCall.OfficerCall {
    @Option(
        names = "--right",
        required = true,
        description = "kind of right: TRADE_MARK, DESIGN, COPYRIGHT, PATENT, …")
    private IprRight right = IprRight.IPR_RIGHT_UNSPECIFIED;

    @RequestField("content.right_number")
    @Option(names = "--number", required = true, description = "number in the register")
    private String number = "";

    @RequestField("content.holder_name")
    @Option(names = "--holder", required = true, description = "holder of the right")
    private String holder = "";

    @Option(
        names = "--product",
        required = true,
        description = "protected product; may be repeated")
    private List<String> products = List.of();

    @RequestField("content.genuine_features")
    @Option(names = "--features", description = "features that distinguish genuine goods")
    private String features = "";

    @Option(names = "--contact", required = true, description = "contact of the holder")
    private String contact = "";

    @RequestField("content.holder_client")
    @Option(names = "--client", description = "the holder's client of this gateway, if it has one")
    private String client = "";

    @RequestField("content.small_consignments")
    @Option(names = "--small", description = "the holder asks for the small consignment procedure")
    private boolean small;

    @Option(
        names = "--applied",
        paramLabel = "TIME",
        description = "time at which the application was received (default: now)")
    private @Nullable Timestamp applied;

    @RequestField("recordation_id")
    @Option(
        names = "--id",
        paramLabel = "HEX",
        description =
            "your own id, 32 hex digits, so that repeating the command records it only once")
    private ByteString id = ByteString.EMPTY;

    @Override
    void call(IprProcedureBlockingStub stub) {
      RecordRightRequest.Builder request =
          RecordRightRequest.newBuilder()
              .setContent(
                  RecordationContent.newBuilder()
                      .setRight(right)
                      .setRightNumber(number)
                      .setHolderName(holder)
                      .addAllProducts(products)
                      .setGenuineFeatures(features)
                      .setContact(contact)
                      .setHolderClient(client)
                      .setSmallConsignments(small))
              .setOnBehalfOf(officer());
      if (applied != null) {
        request.setAppliedAt(applied);
      }
      request.setRecordationId(id);
      print(stub.recordRight(request.build()).getRecordation());
    }
  }

  /** A decision about a recordation. */
  private abstract static class Decision extends IprCall.OfficerCall {
    @Parameters(paramLabel = "RECORDATION", description = "recordation id, 32 hex digits")
    private ByteString id = ByteString.EMPTY;

    void decide(IprProcedureBlockingStub stub, DecideRecordationRequest.Builder decision) {
      print(
          stub.decideRecordation(decision.setRecordationId(id).setOnBehalfOf(officer()).build())
              .getRecordation());
    }
  }

  /** Grants or extends a recordation. */
  @Command(
      name = "grant",
      description = "Grants an application, or extends a recordation in force.",
      mixinStandardHelpOptions = true)
  static final class Grant extends Decision {
    @RequestField("valid_from")
    @Option(
        names = "--from",
        paramLabel = "TIME",
        description = "start of validity (default: now, or unchanged)")
    private @Nullable Timestamp from;

    @ArgGroup(multiplicity = "1")
    private Validity validity = new Validity();

    /** End of validity, as a time or in days. */
    private static final class Validity {
      @RequestField("valid_to")
      @Option(
          names = "--until",
          required = true,
          paramLabel = "TIME",
          description = "end of validity: a day (its beginning, UTC) or a time")
      private @Nullable Timestamp until;

      @RequestField("valid_to")
      @Option(names = "--days", required = true, description = "validity in days from now")
      private int days;

      Timestamp end() {
        return until == null
            ? Timestamps.fromMillis(System.currentTimeMillis() + Duration.ofDays(days).toMillis())
            : until;
      }
    }

    @Override
    void call(IprProcedureBlockingStub stub) {
      DecideRecordationRequest.Builder decision =
          DecideRecordationRequest.newBuilder()
              .setDecision(RecordationDecision.RECORDATION_DECISION_GRANT)
              .setValidTo(validity.end());
      if (from != null) {
        decision.setValidFrom(from);
      }
      decide(stub, decision);
    }
  }

  /** Refuses an application. */
  @Command(
      name = "refuse",
      description = "Refuses an application permanently.",
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

  /** Revokes a recordation. */
  @Command(
      name = "revoke",
      description = "Revokes a recordation permanently; open cases continue.",
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

  /** Lists the recordations. */
  @Command(
      name = "rights",
      description = "Lists recordations, oldest first, without contacts.",
      mixinStandardHelpOptions = true)
  static final class Rights extends IprCall {
    @Override
    void call(IprProcedureBlockingStub stub) {
      var unused =
          list(
              RECORDATIONS,
              ByteString.EMPTY,
              after ->
                  stub.listRecordations(
                      ListRecordationsRequest.newBuilder().setAfter(after).build()),
              ListRecordationsResponse::getRecordationsList,
              ListRecordationsResponse::getNext);
    }
  }

  /** Shows one recordation. */
  @Command(
      name = "right",
      description = "Shows one recordation with all its fields. The audit log records it.",
      mixinStandardHelpOptions = true)
  static final class Right extends IprCall.OfficerCall {
    @Parameters(paramLabel = "RECORDATION", description = "recordation id, 32 hex digits")
    private ByteString id = ByteString.EMPTY;

    @Override
    void call(IprProcedureBlockingStub stub) {
      printWhole(
          stub.readRecordation(
                  ReadRecordationRequest.newBuilder()
                      .setRecordationId(id)
                      .setOnBehalfOf(officer())
                      .build())
              .getRecordation());
    }
  }
}
