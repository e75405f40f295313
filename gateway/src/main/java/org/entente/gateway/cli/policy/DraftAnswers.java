package org.entente.gateway.cli.policy;

import io.grpc.ManagedChannel;
import io.grpc.StatusRuntimeException;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.List;
import org.entente.gateway.cli.call.GatewayAddress;
import org.entente.gateway.cli.call.RpcFailures;
import org.entente.gateway.cli.failure.CommandFailure;
import org.entente.gateway.cli.failure.WrongDraft;
import org.entente.gateway.cli.text.Screen;
import org.entente.gateway.node.offline.NodeQuestions;
import org.entente.gateway.node.start.StartProblem;
import org.entente.gateway.policy.decide.Source;
import org.entente.gateway.rpc.Explanations;
import org.entente.proto.v1.Draft;
import org.entente.proto.v1.ExplainRequest;
import org.entente.proto.v1.ExplainResponse;
import org.entente.proto.v1.PublisherGrpc;
import org.jspecify.annotations.Nullable;

/** Whoever says what would become of drafts: a running gateway, or a node's files. */
interface DraftAnswers extends AutoCloseable {
  /**
   * What would become of a draft.
   *
   * @throws WrongDraft if it could not be published as it is
   * @throws CommandFailure if nothing can be asked
   */
  ExplainResponse ask(ExplainRequest question);

  @Override
  void close();

  /** A gateway's answers. */
  static DraftAnswers ofGateway(GatewayAddress address) {
    ManagedChannel channel = address.open();
    PublisherGrpc.PublisherBlockingStub publisher = PublisherGrpc.newBlockingStub(channel);
    return new DraftAnswers() {
      @Override
      public ExplainResponse ask(ExplainRequest question) {
        try {
          return publisher.explain(question);
        } catch (StatusRuntimeException e) {
          CommandFailure told = RpcFailures.explain(e);
          throw switch (e.getStatus().getCode()) {
            case INVALID_ARGUMENT, NOT_FOUND, ALREADY_EXISTS, FAILED_PRECONDITION ->
                new WrongDraft(String.valueOf(told.getMessage()), e);
            default -> told;
          };
        }
      }

      @Override
      public void close() {
        channel.shutdownNow();
      }
    };
  }

  /**
   * Those of a node's files.
   *
   * @param passesOn labels of what each draft passes on; null for nothing
   * @throws CommandFailure naming what cannot be read
   */
  static DraftAnswers ofFiles(Path config, @Nullable Path passesOn) {
    NodeQuestions files;
    List<Source> sources;
    try {
      files = NodeQuestions.read(config, InstantSource.system());
      sources = passesOn == null ? List.of() : NodeQuestions.sources(passesOn);
    } catch (StartProblem e) {
      throw new CommandFailure(String.valueOf(e.getMessage()), e);
    }
    return new DraftAnswers() {
      @Override
      public ExplainResponse ask(ExplainRequest question) {
        requireKnown(question.getDraft());
        NodeQuestions.Answer answer =
            question.getUnknown().isEmpty()
                ? files.explain(question.getDraft(), question.getNamesPersons(), sources)
                : files.explain(
                    question.getDraft(),
                    question.getNamesPersons(),
                    sources,
                    question.getUnknown());
        if (answer instanceof NodeQuestions.Answer.Explained explained) {
          return Explanations.message(explained.explanation());
        }
        if (answer instanceof NodeQuestions.Answer.Open open) {
          return Explanations.open(open.policyVersion(), open.residuals());
        }
        NodeQuestions.Answer.Invalid invalid = (NodeQuestions.Answer.Invalid) answer;
        throw new WrongDraft(
            Screen.printable(
                invalid.problem().code()
                    + ": "
                    + invalid.problem().field()
                    + ": "
                    + invalid.problem().message()));
      }

      @Override
      public void close() {
        // Nothing is held open.
      }
    };
  }

  /** Files do not say what was received, nor who takes part in an operation. */
  private static void requireKnown(Draft draft) {
    if (draft.getDerivedFromCount() > 0) {
      throw new WrongDraft(
          "derived_from: only a gateway knows its messages, with --gateway; --passes-on FILE has"
              + " their labels");
    }
    if (!draft.getTo().getOperation().isEmpty()) {
      throw new WrongDraft(
          "to.operation: only a gateway knows who takes part in it, with --gateway; or name the"
              + " members instead");
    }
  }
}
