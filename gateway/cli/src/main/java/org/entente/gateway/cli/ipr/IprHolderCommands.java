package org.entente.gateway.cli.ipr;

import com.google.protobuf.ByteString;
import org.entente.proto.v1.AnswerIprNoticeRequest;
import org.entente.proto.v1.IprAnswer;
import org.entente.proto.v1.IprProcedureGrpc.IprProcedureBlockingStub;
import org.entente.proto.v1.ListIprNoticesRequest;
import org.entente.proto.v1.ListIprNoticesResponse;
import org.entente.proto.v1.ListOwnRecordationsRequest;
import org.entente.proto.v1.ListOwnRecordationsResponse;
import org.entente.proto.v1.ReadIprNoticeRequest;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Commands of rights holders. */
final class IprHolderCommands {
  private IprHolderCommands() {}

  /** Lists the holder's recordations. */
  @Command(
      name = "own",
      description = "Rights holder: lists its own recordations.",
      mixinStandardHelpOptions = true)
  static final class ListRecordations extends IprCall {
    @Override
    void call(IprProcedureBlockingStub stub) {
      var unused =
          list(
              RECORDATIONS,
              ByteString.EMPTY,
              after ->
                  stub.listOwnRecordations(
                      ListOwnRecordationsRequest.newBuilder().setAfter(after).build()),
              ListOwnRecordationsResponse::getRecordationsList,
              ListOwnRecordationsResponse::getNext);
    }
  }

  /** Lists the holder's notices. */
  @Command(
      name = "notices",
      description = "Rights holder: lists notices, oldest first, with their deadlines.",
      mixinStandardHelpOptions = true)
  static final class ListNotices extends IprCall {
    @Option(names = "--closed", description = "also closed cases")
    private boolean closed;

    @Override
    void call(IprProcedureBlockingStub stub) {
      var unused =
          list(
              NOTICES,
              ByteString.EMPTY,
              after ->
                  stub.listIprNotices(
                      ListIprNoticesRequest.newBuilder()
                          .setAfter(after)
                          .setClosedToo(closed)
                          .build()),
              ListIprNoticesResponse::getNoticesList,
              ListIprNoticesResponse::getNext);
    }
  }

  /** Shows one notice. */
  @Command(
      name = "notice",
      description =
          "Rights holder: shows one notice with all its fields. The audit log records it.",
      mixinStandardHelpOptions = true)
  static final class ShowNotice extends IprCall.HolderCall {
    @Parameters(paramLabel = "CASE", description = "case id, 32 hex digits")
    private ByteString id = ByteString.EMPTY;

    @Override
    void call(IprProcedureBlockingStub stub) {
      printWhole(
          stub.readIprNotice(
                  ReadIprNoticeRequest.newBuilder().setCaseId(id).setOnBehalfOf(person()).build())
              .getNotice());
    }
  }

  /** Answers a notice. */
  @Command(
      name = "answer",
      description = {
        "Rights holder: answers a notice. Destruction needs both CONFIRMS and"
            + " AGREES_TO_DESTRUCTION."
      },
      mixinStandardHelpOptions = true)
  static final class Answer extends IprCall.HolderCall {
    @Parameters(index = "0", paramLabel = "CASE", description = "case id, 32 hex digits")
    private ByteString id = ByteString.EMPTY;

    @Parameters(
        index = "1",
        paramLabel = "ANSWER",
        description = "CONFIRMS, AGREES_TO_DESTRUCTION, GENUINE, ASKS_EXTENSION or PROCEEDINGS")
    private IprAnswer answer = IprAnswer.IPR_ANSWER_UNSPECIFIED;

    @Option(names = "--text", description = "reason for more time, or court and reference")
    private String text = "";

    @Override
    void call(IprProcedureBlockingStub stub) {
      print(
          stub.answerIprNotice(
                  AnswerIprNoticeRequest.newBuilder()
                      .setCaseId(id)
                      .setAnswer(answer)
                      .setText(text)
                      .setOnBehalfOf(person())
                      .build())
              .getNotice());
    }
  }
}
