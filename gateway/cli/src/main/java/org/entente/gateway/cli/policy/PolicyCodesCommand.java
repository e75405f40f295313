package org.entente.gateway.cli.policy;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import org.entente.gateway.cli.call.Columns;
import org.entente.gateway.cli.call.GatewayAddress;
import org.entente.gateway.cli.call.Listing;
import org.entente.gateway.cli.call.OutputOptions;
import org.entente.gateway.cli.call.PrintingCommand;
import org.entente.gateway.cli.failure.CommandFailure;
import org.entente.gateway.cli.failure.UsageError;
import org.entente.gateway.cli.text.JsonText;
import org.entente.gateway.cli.text.TerminalText;
import org.entente.gateway.config.ConfigProblem;
import org.entente.gateway.model.NameSuggestion;
import org.entente.gateway.node.offline.ConfiguredPolicy;
import org.entente.gateway.policy.codes.CodeFileReader;
import org.entente.gateway.policy.codes.CodeLists;
import org.entente.gateway.policy.codes.Wording;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Lists the valid values of labels, with texts in one language. */
@Command(
    name = "codes",
    description = {
      "Lists the code lists: meanings of label values, markings, evaluations, classification"
          + " schemes.",
      "A classification scheme shows the level of each marking and its equivalents in other"
          + " schemes. The",
      "lists are those in force at a running gateway (--gateway), of a node (--config) or of a"
          + " folder",
      "(--codes); by default those of the release. Exit code 1 if the lists are invalid."
    },
    mixinStandardHelpOptions = true,
    footerHeading = "%nExample:%n",
    footer = "  entente policy codes --codes config/codes --lang fr --list classification_scheme")
final class PolicyCodesCommand extends PrintingCommand {
  @Option(
      names = "--config",
      paramLabel = "FILE",
      description = "node.yaml whose code lists to show")
  private @Nullable Path config;

  @Option(names = "--codes", paramLabel = "FOLDER", description = "folder whose code lists to show")
  private @Nullable Path codes;

  @ArgGroup(exclusive = false)
  private @Nullable GatewayAddress gateway;

  @Option(
      names = "--lang",
      defaultValue = "en",
      paramLabel = "LANGUAGE",
      description = "en, fr, es or de (default: ${DEFAULT-VALUE})")
  private String language = "en";

  @Option(
      names = "--list",
      paramLabel = "LIST",
      description = "only this list, such as category, markings, classification_scheme")
  private @Nullable String listName;

  @Mixin private OutputOptions output = new OutputOptions();

  @Override
  public void run() {
    Wording.Language in = language();
    String only = listName;
    List<CodeLists.Entry> entries =
        entries().stream().filter(it -> only == null || it.list().equals(only)).toList();
    if (entries.isEmpty()) {
      String found = String.valueOf(only);
      throw new UsageError(
          "--list: "
              + TerminalText.printable(found)
              + " "
              + NameSuggestion.noneOf(
                  found,
                  lists().entries().stream().map(CodeLists.Entry::list).distinct().toList()));
    }
    Listing<CodeLists.Entry> list =
        output.listing(this, columns(in), PolicyCodesCommand::asJson, place());
    entries.forEach(list::add);
    list.end();
  }

  private static Columns<CodeLists.Entry> columns(Wording.Language in) {
    return Columns.<CodeLists.Entry>of("code", "codes")
        .with("list", CodeLists.Entry::list)
        .with("code", CodeLists.Entry::code)
        .with("meaning", entry -> meaning(entry, in))
        .with("note", CodeLists.Entry::note);
  }

  private static String meaning(CodeLists.Entry entry, Wording.Language in) {
    Wording meaning = entry.meaning();
    return meaning == null ? "(no text)" : meaning.in(in);
  }

  /** Whose codes they are, for the headline. */
  private String place() {
    if (gateway != null) {
      return "in force at the gateway";
    }
    Path given = codes == null ? config : codes;
    return given == null ? "of this release" : "of " + given;
  }

  private Wording.Language language() {
    try {
      return Wording.Language.valueOf(language.toUpperCase(Locale.ROOT));
    } catch (IllegalArgumentException e) {
      throw new UsageError(
          "--lang: "
              + TerminalText.printable(language)
              + " "
              + NameSuggestion.noneOf(language, List.of("en", "fr", "es", "de")),
          e);
    }
  }

  private List<CodeLists.Entry> entries() {
    GatewayAddress address = gateway;
    if (address == null) {
      return lists().entries();
    }
    if (config != null || codes != null) {
      throw new CommandFailure(
          "--gateway: excludes --config and --codes, since a running gateway has its own lists");
    }
    return address.call(RemotePolicy::codes);
  }

  private CodeLists lists() {
    Path folder = codes;
    Path file = config;
    if (folder == null && file != null) {
      folder = ConfiguredPolicy.codes(file, InstantSource.system());
    }
    if (folder == null) {
      return CodeFileReader.shipped();
    }
    CodeLists.LoadResult loading = CodeFileReader.load(folder);
    if (loading instanceof CodeLists.LoadResult.Loaded loaded) {
      return loaded.lists();
    }
    throw new CommandFailure(
        ((CodeLists.LoadResult.Invalid) loading)
            .problems().stream()
                .map(ConfigProblem::toString)
                .collect(Collectors.joining(System.lineSeparator())));
  }

  private static String asJson(CodeLists.Entry entry) {
    ObjectNode object =
        JsonText.object()
            .put("list", entry.list())
            .put("code", entry.code())
            .put("note", entry.note());
    Wording meaning = entry.meaning();
    if (meaning != null) {
      for (Wording.Language in : Wording.Language.values()) {
        object.withObject("label").put(in.name().toLowerCase(Locale.ROOT), meaning.in(in));
      }
    }
    return JsonText.line(object);
  }
}
