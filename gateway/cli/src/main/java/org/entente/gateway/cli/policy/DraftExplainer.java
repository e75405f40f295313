package org.entente.gateway.cli.policy;

import io.grpc.ManagedChannel;
import io.grpc.StatusRuntimeException;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.List;
import org.entente.gateway.cli.call.GatewayAddress;
import org.entente.gateway.cli.call.RpcFailures;
import org.entente.gateway.cli.failure.CommandFailure;
import org.entente.gateway.cli.failure.DraftError;
import org.entente.gateway.cli.text.TerminalText;
import org.entente.gateway.model.StartProblem;
import org.entente.gateway.node.offline.OfflinePolicyExplainer;
import org.entente.gateway.policy.decide.OnwardSource;
import org.entente.gateway.rpc.ExplanationMapper;
import org.entente.proto.v1.Draft;
import org.entente.proto.v1.ExplainRequest;
import org.entente.proto.v1.ExplainResponse;
import org.entente.proto.v1.PublisherGrpc;
import org.jspecify.annotations.Nullable;

/** Whoever says what would become of drafts: a running gateway, or a node's files. */
interface DraftExplainer extends AutoCloseable {
  /**
   * What would become of a draft.
   *
   * @throws DraftError if it could not be published as it is
   * @throws CommandFailure if nothing can be asked
   */
  ExplainResponse ask(ExplainRequest question);

  @Override
  void close();

  /** A gateway's answers. */
  static DraftExplainer ofGateway(GatewayAddress address) {
    ManagedChannel channel = address.open();
    PublisherGrpc.PublisherBlockingStub publisher = PublisherGrpc.newBlockingStub(channel);
    return new DraftExplainer() {
      @Override
      public ExplainResponse ask(ExplainRequest question) {
        try {
          return publisher.explain(question);
        } catch (StatusRuntimeException e) {
          CommandFailure told = RpcFailures.explain(e);
          throw switch (e.getStatus().getCode()) {
            case INVALID_ARGUMENT, NOT_FOUND, ALREADY_EXISTS, FAILED_PRECONDITION ->
                new DraftError(String.valueOf(told.getMessage()), e);
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
  static DraftExplainer ofFiles(Path config, @Nullable Path passesOn) {
    OfflinePolicyExplainer files;
    List<OnwardSource> sources;
    try {
      files = OfflinePolicyExplainer.read(config, InstantSource.system());
      sources = passesOn == null ? List.of() : OfflinePolicyExplainer.sources(passesOn);
    } catch (StartProblem e) {
      throw new CommandFailure(String.valueOf(e.getMessage()), e);
    }
    return new DraftExplainer() {
      @Override
      public ExplainResponse ask(ExplainRequest question) {
        requireKnown(question.getDraft());
        OfflinePolicyExplainer.Answer answer =
            question.getUnknown().isEmpty()
                ? files.explain(question.getDraft(), question.getNamesPersons(), sources)
                : files.explain(
                    question.getDraft(),
                    question.getNamesPersons(),
                    sources,
                    question.getUnknown());
        return response(answer);
      }

      @Override
      public void close() {
        // Nothing is held open.
      }
    };
  }

  private static ExplainResponse response(OfflinePolicyExplainer.Answer answer) {
    if (answer instanceof OfflinePolicyExplainer.Answer.Explained explained) {
      return ExplanationMapper.message(explained.explanation());
    }
    if (answer instanceof OfflinePolicyExplainer.Answer.Open open) {
      return ExplanationMapper.open(open.policyVersion(), open.residuals());
    }
    OfflinePolicyExplainer.Answer.Invalid invalid = (OfflinePolicyExplainer.Answer.Invalid) answer;
    throw new DraftError(
        TerminalText.printable(
            invalid.problem().code()
                + ": "
                + invalid.problem().field()
                + ": "
                + invalid.problem().message()));
  }

  /** Files do not say what was received, nor who takes part in an operation. */
  private static void requireKnown(Draft draft) {
    if (draft.getDerivedFromCount() > 0) {
      throw new DraftError(
          "derived_from: only a gateway knows its messages, with --gateway; --passes-on FILE has"
              + " their labels");
    }
    if (!draft.getTo().getOperation().isEmpty()) {
      throw new DraftError(
          "to.operation: only a gateway knows who takes part in it, with --gateway; or name the"
              + " members instead");
    }
  }
}
