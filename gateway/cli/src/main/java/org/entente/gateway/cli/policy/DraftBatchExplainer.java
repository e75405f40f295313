package org.entente.gateway.cli.policy;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.function.Consumer;
import java.util.function.Function;
import org.entente.gateway.bridge.AlertSource;
import org.entente.gateway.bridge.cap.CapTerms;
import org.entente.gateway.bridge.format.AlertDraft;
import org.entente.gateway.bridge.format.AlertItem;
import org.entente.gateway.bridge.format.BadRecord;
import org.entente.gateway.cli.call.Home;
import org.entente.gateway.cli.failure.CommandFailure;
import org.entente.gateway.cli.failure.DraftError;
import org.entente.gateway.cli.failure.UsageError;
import org.entente.gateway.cli.text.JsonText;
import org.entente.gateway.cli.text.TerminalText;
import org.entente.gateway.model.FileErrorText;
import org.entente.proto.v1.Addressing;
import org.entente.proto.v1.ExplainResponse;
import org.entente.proto.v1.Label;
import org.jspecify.annotations.Nullable;

/** Explains each draft in files and counts the outcomes. Used for one call. */
final class DraftBatchExplainer {
  private static final ObjectMapper JSON = new ObjectMapper();

  private final PrintWriter out;
  private final PrintWriter err;
  private final Function<AlertDraft, ExplainResponse> asking;
  private int accepted;
  private int held;
  private int refused;
  private int bad;

  /**
   * An explainer of drafts.
   *
   * @param asking explains a draft
   */
  DraftBatchExplainer(
      PrintWriter out, PrintWriter err, Function<AlertDraft, ExplainResponse> asking) {
    this.out = out;
    this.err = err;
    this.asking = asking;
  }

  /**
   * Explains all drafts.
   *
   * @param said label fields from the command line, for CAP files only
   * @param to recipients from the command line, for CAP files only
   * @param text prints an answer for people; null for JSON
   */
  void ask(
      Path files,
      @Nullable Path mapping,
      Label said,
      Addressing to,
      @Nullable Consumer<ExplainResponse> text) {
    try (AlertSource source = open(files, mapping, terms(said, to))) {
      while (source.hasNext()) {
        AlertItem item = source.next();
        if (item instanceof AlertDraft draft) {
          one(draft, text);
        } else if (item instanceof BadRecord record) {
          wrong(record.toString());
        }
      }
    } catch (IOException e) {
      throw new CommandFailure("the drafts cannot be read: " + FileErrorText.words(e), e);
    }
    err.println(
        "would be accepted: %d, held: %d, refused: %d; bad records: %d"
            .formatted(accepted, held, refused, bad));
  }

  /** How many drafts policy refused. */
  int refused() {
    return refused;
  }

  /** How many records are no drafts that could be explained. */
  int bad() {
    return bad;
  }

  private static AlertSource open(Path files, @Nullable Path mapping, @Nullable CapTerms terms) {
    AlertSource.OpenResult opening = AlertSource.openToAsk(files, mapping, Home.mappings(), terms);
    if (opening instanceof AlertSource.OpenResult.Opened opened) {
      return opened.source();
    }
    throw new CommandFailure(String.valueOf(opening));
  }

  private static @Nullable CapTerms terms(Label said, Addressing to) {
    if (said.equals(Label.getDefaultInstance())) {
      if (!to.equals(Addressing.getDefaultInstance())) {
        throw new UsageError(
            "--to: the drafts of --alerts name their recipients; --to is only for CAP files, with"
                + " --category, --purpose and --classification");
      }
      return null;
    }
    return CapTerms.of(said, to)
        .orElseThrow(
            wrong ->
                new UsageError(
                    "with --alerts, label options are only for CAP files: "
                        + wrong.field()
                        + " "
                        + wrong.message()));
  }

  private void one(AlertDraft draft, @Nullable Consumer<ExplainResponse> text) {
    ExplainResponse answer;
    try {
      answer = asking.apply(draft);
    } catch (DraftError e) {
      wrong(draft.file() + ":" + draft.line() + ": " + e.getMessage());
      return;
    }
    switch (answer.getOutcome()) {
      case EXPLAINED_OUTCOME_ACCEPTED -> accepted++;
      case EXPLAINED_OUTCOME_HELD -> held++;
      default -> refused++;
    }
    String key = draft.draft().getIdempotencyKey();
    if (text == null) {
      out.println(json(draft, key, answer));
    } else {
      out.println(TerminalText.printable(draft.file() + ":" + draft.line() + ": " + key));
      text.accept(answer);
    }
    out.flush();
  }

  private void wrong(String line) {
    bad++;
    err.println(TerminalText.printable(line));
    err.flush();
  }

  private static String json(AlertDraft draft, String key, ExplainResponse answer) {
    try {
      ObjectNode root = JSON.createObjectNode();
      root.put("file", draft.file()).put("line", draft.line()).put("key", key);
      root.set("explained", JSON.readTree(JsonText.of(answer)));
      return JsonText.line(root);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("an answer can always be written", e);
    }
  }
}
