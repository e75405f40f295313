package org.entente.gateway.cli.ipr;

import com.google.protobuf.ByteString;
import java.util.List;
import java.util.Map;
import org.entente.gateway.cli.text.EnumParser;
import org.entente.proto.v1.ActOnIprCaseRequest;
import org.entente.proto.v1.IprAnswer;
import org.entente.proto.v1.IprAttachment;
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

/** Officers' commands about cases. */
final class IprCaseCommands {
  private IprCaseCommands() {}

  /** Opens one. */
  @Command(
      name = "suspend",
      description = "Opens a case: goods are suspended from release, or detained. Prints its id.",
      mixinStandardHelpOptions = true)
  static final class Suspend extends IprCall.OfficerCall {
    @Option(
        names = "--kind",
        defaultValue = "STANDARD",
        description =
            "STANDARD, PERISHABLE, SMALL_CONSIGNMENT, EX_OFFICIO (default: ${DEFAULT-VALUE})")
    private String kind = "";

    @Option(
        names = "--recordation",
        paramLabel = "HEX",
        description = "under which recordation; none with EX_OFFICIO")
    private @Nullable String recordation;

    @Option(names = "--goods", required = true, description = "what they are")
    private String goods = "";

    @Option(names = "--quantity", required = true, description = "how many, with the unit")
    private String quantity = "";

    @Option(names = "--place", required = true, description = "where they are held")
    private String place = "";

    @Option(names = "--declaration", description = "number of the customs declaration")
    private String declaration = "";

    @Option(
        names = "--particular",
        paramLabel = "DETAIL=TEXT",
        description =
            "CONSIGNEE, CONSIGNOR, DECLARANT, GOODS_HOLDER, CUSTOMS_PROCEDURE, ORIGIN, PROVENANCE or"
                + " DESTINATION; may be repeated")
    private Map<String, String> particulars = Map.of();

    @Option(
        names = "--at",
        paramLabel = "TIME",
        description = "when they were suspended (default: now)")
    private @Nullable String at;

    @Option(
        names = "--id",
        paramLabel = "HEX",
        description = "32 hex digits of your own, so that typing it twice opens one case")
    private @Nullable String id;

    @Override
    void call(IprProcedureBlockingStub stub) {
      SuspendGoodsRequest.Builder request =
          SuspendGoodsRequest.newBuilder()
              .setKind(EnumParser.of(IprCaseKind.class, "IPR_CASE_KIND_", kind))
              .setGoods(
                  IprGoods.newBuilder()
                      .setDescription(goods)
                      .setQuantity(quantity)
                      .setPlace(place)
                      .setDeclaration(declaration))
              .setOnBehalfOf(officer());
      particulars.forEach(
          (detail, text) ->
              request.addParticulars(
                  IprParticular.newBuilder().setDetail(detail(detail)).setText(text)));
      if (recordation != null) {
        request.setRecordationId(id("--recordation", recordation));
      }
      if (at != null) {
        request.setSuspendedAt(time("--at", at));
      }
      if (id != null) {
        request.setCaseId(id("--id", id));
      }
      print(stub.suspendGoods(request.build()).getIprCase());
    }
  }

  private static IprDetail detail(String word) {
    return EnumParser.of(IprDetail.class, "IPR_DETAIL_", word);
  }

  /** An act in one. */
  private abstract static class Act extends IprCall.OfficerCall {
    @Parameters(index = "0", paramLabel = "CASE", description = "case id, 32 hex digits")
    private String id = "";

    abstract void fill(ActOnIprCaseRequest.Builder request);

    @Override
    final void call(IprProcedureBlockingStub stub) {
      ActOnIprCaseRequest.Builder request =
          ActOnIprCaseRequest.newBuilder().setCaseId(id("CASE", id)).setOnBehalfOf(officer());
      fill(request);
      print(stub.actOnIprCase(request.build()).getIprCase());
    }
  }

  /** A party was notified. */
  @Command(
      name = "notify",
      description = {
        "Records that a party was notified; its time begins. The rights holder's client sees the notice"
            + " from then on."
      },
      mixinStandardHelpOptions = true)
  static final class Notify extends Act {
    @Option(names = "--party", required = true, description = "DECLARANT or RIGHTS_HOLDER")
    private String party = "";

    @Option(names = "--at", paramLabel = "TIME", description = "when (default: now)")
    private @Nullable String at;

    @Override
    void fill(ActOnIprCaseRequest.Builder request) {
      IprNotification.Builder notify =
          IprNotification.newBuilder().setParty(EnumParser.of(IprParty.class, "IPR_PARTY_", party));
      if (at != null) {
        notify.setAt(time("--at", at));
      }
      request.setNotify(notify);
    }
  }

  /** The declarant answered. */
  @Command(
      name = "declarant",
      description = "Records the answer of the declarant or holder of the goods.",
      mixinStandardHelpOptions = true)
  static final class Declarant extends Act {
    @Parameters(index = "1", paramLabel = "ANSWER", description = "AGREES or OPPOSES")
    private String answer = "";

    @Option(names = "--received", paramLabel = "TIME", description = "when (default: now)")
    private @Nullable String received;

    @Override
    void fill(ActOnIprCaseRequest.Builder request) {
      IprDeclaration.Builder declaration =
          IprDeclaration.newBuilder()
              .setAnswer(EnumParser.of(IprDeclarantAnswer.class, "IPR_DECLARANT_ANSWER_", answer));
      if (received != null) {
        declaration.setReceivedAt(time("--received", received));
      }
      request.setDeclaration(declaration);
    }
  }

  /** The rights holder answered by letter. */
  @Command(
      name = "letter",
      description = "Records an answer of the rights holder that came by letter.",
      mixinStandardHelpOptions = true)
  static final class Letter extends Act {
    @Parameters(
        index = "1",
        paramLabel = "ANSWER",
        description = "CONFIRMS, AGREES_TO_DESTRUCTION, GENUINE, ASKS_EXTENSION or PROCEEDINGS")
    private String answer = "";

    @Option(names = "--text", description = "why, or court and reference")
    private String text = "";

    @Option(names = "--received", paramLabel = "TIME", description = "when (default: now)")
    private @Nullable String received;

    @Override
    void fill(ActOnIprCaseRequest.Builder request) {
      IprLetter.Builder letter =
          IprLetter.newBuilder()
              .setAnswer(EnumParser.of(IprAnswer.class, "IPR_ANSWER_", answer))
              .setText(text);
      if (received != null) {
        letter.setReceivedAt(time("--received", received));
      }
      request.setLetter(letter);
    }
  }

  /** More time. */
  @Command(
      name = "extend",
      description = "Extends the time to begin proceedings, as the rights holder asked.",
      mixinStandardHelpOptions = true)
  static final class Extend extends Act {
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

  /** Particulars. */
  @Command(
      name = "disclose",
      description = "Discloses particulars to the rights holder, who sees them from then on.",
      mixinStandardHelpOptions = true)
  static final class Disclose extends Act {
    @Parameters(
        index = "1..*",
        arity = "1..*",
        paramLabel = "DETAIL",
        description = "such as CONSIGNEE; of those that the case has")
    private List<String> details = List.of();

    @Override
    void fill(ActOnIprCaseRequest.Builder request) {
      IprDisclosure.Builder disclosure = IprDisclosure.newBuilder();
      details.forEach(word -> disclosure.addDetails(detail(word)));
      request.setDisclose(disclosure);
    }
  }

  /** A recordation after a suspension ex officio. */
  @Command(
      name = "attach",
      description = "Puts a case that was opened ex officio under the recordation that followed.",
      mixinStandardHelpOptions = true)
  static final class Attach extends Act {
    @Parameters(
        index = "1",
        paramLabel = "RECORDATION",
        description = "recordation id, 32 hex digits")
    private String recordation = "";

    @Override
    void fill(ActOnIprCaseRequest.Builder request) {
      request.setAttach(
          IprAttachment.newBuilder().setRecordationId(id("RECORDATION", recordation)));
    }
  }

  /** The end. */
  @Command(name = "outcome", description = "Closes a case.", mixinStandardHelpOptions = true)
  static final class Outcome extends Act {
    @Parameters(
        index = "1",
        paramLabel = "OUTCOME",
        description = "RELEASED, DESTROYED or DEEMED_ABANDONED")
    private String outcome = "";

    @Override
    void fill(ActOnIprCaseRequest.Builder request) {
      request.setConclude(
          IprConclusion.newBuilder()
              .setOutcome(EnumParser.of(IprOutcome.class, "IPR_OUTCOME_", outcome)));
    }
  }

  /** All of them. */
  @Command(
      name = "list",
      description = "Lists cases, oldest first, with what comes next; names no goods or persons.",
      mixinStandardHelpOptions = true)
  static final class ListCases extends IprCall {
    @Option(names = "--closed", description = "closed ones too")
    private boolean closed;

    @Override
    void call(IprProcedureBlockingStub stub) {
      ByteString after = ByteString.EMPTY;
      do {
        ListIprCasesResponse page =
            stub.listIprCases(
                ListIprCasesRequest.newBuilder().setAfter(after).setClosedToo(closed).build());
        page.getCasesList().forEach(this::print);
        after = page.getNext();
      } while (!after.isEmpty());
    }
  }

  /** One of them. */
  @Command(
      name = "show",
      description = "Shows one case whole, as JSON; recorded.",
      mixinStandardHelpOptions = true)
  static final class Show extends IprCall.OfficerCall {
    @Parameters(paramLabel = "CASE", description = "case id, 32 hex digits")
    private String id = "";

    @Override
    void call(IprProcedureBlockingStub stub) {
      printWhole(
          stub.readIprCase(
                  ReadIprCaseRequest.newBuilder()
                      .setCaseId(id("CASE", id))
                      .setOnBehalfOf(officer())
                      .build())
              .getIprCase());
    }
  }
}
