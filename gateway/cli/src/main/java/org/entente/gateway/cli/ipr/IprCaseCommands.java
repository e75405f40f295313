package org.entente.gateway.cli.ipr;

import com.google.protobuf.ByteString;
import com.google.protobuf.Timestamp;
import java.util.List;
import java.util.Map;
import org.entente.gateway.cli.call.Listing;
import org.entente.gateway.cli.call.RequestField;
import org.entente.proto.v1.ActOnIprCaseRequest;
import org.entente.proto.v1.IprAnswer;
import org.entente.proto.v1.IprAttachment;
import org.entente.proto.v1.IprCase;
import org.entente.proto.v1.IprCaseKind;
import org.entente.proto.v1.IprConclusion;
import org.entente.proto.v1.IprDeclarantAnswer;
import org.entente.proto.v1.IprDeclaration;
import org.entente.proto.v1.IprDetail;
import org.entente.proto.v1.IprDisclosure;
import org.entente.proto.v1.IprExtension;
import org.entente.proto.v1.IprGoods;
import org.entente.proto.v1.IprLetter;
import org.entente.proto.v1.IprNotification;
import org.entente.proto.v1.IprOutcome;
import org.entente.proto.v1.IprParticular;
import org.entente.proto.v1.IprParty;
import org.entente.proto.v1.IprProcedureGrpc.IprProcedureBlockingStub;
import org.entente.proto.v1.ListIprCasesRequest;
import org.entente.proto.v1.ListIprCasesResponse;
import org.entente.proto.v1.ReadIprCaseRequest;
import org.entente.proto.v1.SuspendGoodsRequest;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Officers' commands for cases. */
final class IprCaseCommands {
  private IprCaseCommands() {}

  /** Opens a case. */
  @Command(
      name = "suspend",
      description =
          "Opens a case for goods whose release is suspended or that are detained; prints its id.",
      mixinStandardHelpOptions = true)
  static final class Suspend extends IprCall.OfficerCall {
    @Option(
        names = "--kind",
        defaultValue = "STANDARD",
        description =
            "STANDARD, PERISHABLE, SMALL_CONSIGNMENT, EX_OFFICIO (default: ${DEFAULT-VALUE})")
    private IprCaseKind kind = IprCaseKind.IPR_CASE_KIND_UNSPECIFIED;

    @Option(
        names = "--recordation",
        paramLabel = "HEX",
        description = "recordation that covers the goods; none with EX_OFFICIO")
    private ByteString recordation = ByteString.EMPTY;

    @Option(names = "--goods", required = true, description = "the goods")
    private String goods = "";

    @Option(names = "--quantity", required = true, description = "quantity with its unit")
    private String quantity = "";

    @Option(names = "--place", required = true, description = "place where they are held")
    private String place = "";

    @Option(names = "--declaration", description = "number of the customs declaration")
    private String declaration = "";

    @Option(
        names = "--particular",
        paramLabel = "DETAIL=TEXT",
        description =
            "CONSIGNEE, CONSIGNOR, DECLARANT, GOODS_HOLDER, CUSTOMS_PROCEDURE, ORIGIN, PROVENANCE"
                + " or DESTINATION; may be repeated")
    private Map<IprDetail, String> particulars = Map.of();

    @RequestField("suspended_at")
    @Option(
        names = "--at",
        paramLabel = "TIME",
        description = "time of the suspension (default: now)")
    private @Nullable Timestamp at;

    @RequestField("case_id")
    @Option(
        names = "--id",
        paramLabel = "HEX",
        description =
            "your own id, 32 hex digits, so that repeating the command opens only one case")
    private ByteString id = ByteString.EMPTY;

    @Override
    void call(IprProcedureBlockingStub stub) {
      SuspendGoodsRequest.Builder request =
          SuspendGoodsRequest.newBuilder()
              .setKind(kind)
              .setGoods(
                  IprGoods.newBuilder()
                      .setDescription(goods)
                      .setQuantity(quantity)
                      .setPlace(place)
                      .setDeclaration(declaration))
              .setOnBehalfOf(officer());
      particulars.forEach(
          (detail, text) ->
              request.addParticulars(IprParticular.newBuilder().setDetail(detail).setText(text)));
      request.setRecordationId(recordation);
      if (at != null) {
        request.setSuspendedAt(at);
      }
      request.setCaseId(id);
      print(stub.suspendGoods(request.build()).getIprCase());
    }
  }

  /** An act in a case. */
  private abstract static class Act extends IprCall.OfficerCall {
    @Parameters(index = "0", paramLabel = "CASE", description = "case id, 32 hex digits")
    private ByteString id = ByteString.EMPTY;

    abstract void fill(ActOnIprCaseRequest.Builder request);

    @Override
    final void call(IprProcedureBlockingStub stub) {
      ActOnIprCaseRequest.Builder request =
          ActOnIprCaseRequest.newBuilder().setCaseId(id).setOnBehalfOf(officer());
      fill(request);
      print(stub.actOnIprCase(request.build()).getIprCase());
    }
  }

  /** Records a notification. */
  @Command(
      name = "notify",
      description = {
        "Records that a party was notified, which starts its time limit. The rights holder's client"
            + " sees the notice from then on."
      },
      mixinStandardHelpOptions = true)
  static final class Notify extends Act {
    @Option(names = "--party", required = true, description = "DECLARANT or RIGHTS_HOLDER")
    private IprParty party = IprParty.IPR_PARTY_UNSPECIFIED;

    @Option(names = "--at", paramLabel = "TIME", description = "a day or a time (default: now)")
    private @Nullable Timestamp at;

    @Override
    void fill(ActOnIprCaseRequest.Builder request) {
      IprNotification.Builder notify = IprNotification.newBuilder().setParty(party);
      if (at != null) {
        notify.setAt(at);
      }
      request.setNotify(notify);
    }
  }

  /** Records the declarant's answer. */
  @Command(
      name = "declarant",
      description = "Records the answer of the declarant or holder of the goods.",
      mixinStandardHelpOptions = true)
  static final class Declarant extends Act {
    @Parameters(index = "1", paramLabel = "ANSWER", description = "AGREES or OPPOSES")
    private IprDeclarantAnswer answer = IprDeclarantAnswer.IPR_DECLARANT_ANSWER_UNSPECIFIED;

    @Option(
        names = "--received",
        paramLabel = "TIME",
        description = "a day or a time (default: now)")
    private @Nullable Timestamp received;

    @Override
    void fill(ActOnIprCaseRequest.Builder request) {
      IprDeclaration.Builder declaration = IprDeclaration.newBuilder().setAnswer(answer);
      if (received != null) {
        declaration.setReceivedAt(received);
      }
      request.setDeclaration(declaration);
    }
  }

  /** Records an answer by letter. */
  @Command(
      name = "letter",
      description = "Records an answer that the rights holder sent by letter.",
      mixinStandardHelpOptions = true)
  static final class Letter extends Act {
    @Parameters(
        index = "1",
        paramLabel = "ANSWER",
        description = "CONFIRMS, AGREES_TO_DESTRUCTION, GENUINE, ASKS_EXTENSION or PROCEEDINGS")
    private IprAnswer answer = IprAnswer.IPR_ANSWER_UNSPECIFIED;

    @Option(names = "--text", description = "reason, or court and reference")
    private String text = "";

    @Option(
        names = "--received",
        paramLabel = "TIME",
        description = "a day or a time (default: now)")
    private @Nullable Timestamp received;

    @Override
    void fill(ActOnIprCaseRequest.Builder request) {
      IprLetter.Builder letter = IprLetter.newBuilder().setAnswer(answer).setText(text);
      if (received != null) {
        letter.setReceivedAt(received);
      }
      request.setLetter(letter);
    }
  }

  /** Extends a time limit. */
  @Command(
      name = "extend",
      description = "Extends the time to begin proceedings, at the rights holder's request.",
      mixinStandardHelpOptions = true)
  static final class Extend extends Act {
    @RequestField("extend.working_days")
    @Option(
        names = "--days",
        defaultValue = "10",
        description = "working days, 1 to 10 (default: ${DEFAULT-VALUE})")
    private int days;

    @Override
    void fill(ActOnIprCaseRequest.Builder request) {
      request.setExtend(IprExtension.newBuilder().setWorkingDays(days));
    }
  }

  /** Discloses particulars. */
  @Command(
      name = "disclose",
      description = "Discloses particulars to the rights holder, who sees them from then on.",
      mixinStandardHelpOptions = true)
  static final class Disclose extends Act {
    @Parameters(
        index = "1..*",
        arity = "1..*",
        paramLabel = "DETAIL",
        description = "one or more particulars of the case, such as CONSIGNEE ORIGIN")
    private List<IprDetail> details = List.of();

    @Override
    void fill(ActOnIprCaseRequest.Builder request) {
      request.setDisclose(IprDisclosure.newBuilder().addAllDetails(details));
    }
  }

  /** Attaches a case to a recordation. */
  @Command(
      name = "attach",
      description = "Attaches a case opened ex officio to the later recordation.",
      mixinStandardHelpOptions = true)
  static final class Attach extends Act {
    @Parameters(
        index = "1",
        paramLabel = "RECORDATION",
        description = "recordation id, 32 hex digits")
    private ByteString recordation = ByteString.EMPTY;

    @Override
    void fill(ActOnIprCaseRequest.Builder request) {
      request.setAttach(IprAttachment.newBuilder().setRecordationId(recordation));
    }
  }

  /** Closes a case. */
  @Command(
      name = "outcome",
      description = "Closes a case with its outcome.",
      mixinStandardHelpOptions = true)
  static final class Outcome extends Act {
    @Parameters(
        index = "1",
        paramLabel = "OUTCOME",
        description = "RELEASED, DESTROYED or DEEMED_ABANDONED")
    private IprOutcome outcome = IprOutcome.IPR_OUTCOME_UNSPECIFIED;

    @Override
    void fill(ActOnIprCaseRequest.Builder request) {
      request.setConclude(IprConclusion.newBuilder().setOutcome(outcome));
    }
  }

  /** Lists the cases. */
  @Command(
      name = "list",
      description = "Lists cases, oldest first, with the next step; names no goods or persons.",
      mixinStandardHelpOptions = true)
  static final class ListCases extends IprCall {
    @Option(names = "--closed", description = "also closed cases")
    private boolean closed;

    @Override
    void call(IprProcedureBlockingStub stub) {
      Listing<IprCase> list = listing(CASES);
      var unused =
          pages(
              ByteString.EMPTY,
              after ->
                  stub.listIprCases(
                      ListIprCasesRequest.newBuilder()
                          .setAfter(after)
                          .setClosedToo(closed)
                          .build()),
              ListIprCasesResponse::getCasesList,
              found -> {
                list.add(found);
                warn(found);
              },
              ListIprCasesResponse::getNext);
      list.end();
    }
  }

  /** Shows one case. */
  @Command(
      name = "show",
      description = "Shows one case with all its fields. The audit log records it.",
      mixinStandardHelpOptions = true)
  static final class Show extends IprCall.OfficerCall {
    @Parameters(paramLabel = "CASE", description = "case id, 32 hex digits")
    private ByteString id = ByteString.EMPTY;

    @Override
    void call(IprProcedureBlockingStub stub) {
      printWhole(
          stub.readIprCase(
                  ReadIprCaseRequest.newBuilder().setCaseId(id).setOnBehalfOf(officer()).build())
              .getIprCase());
    }
  }
}
