package org.entente.gateway.command;

import static org.entente.gateway.federation.RunningFederation.DE;
import static org.entente.gateway.federation.RunningFederation.FR;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.entente.gateway.cli.RootCommand;
import org.entente.gateway.federation.RunningFederation;
import org.entente.gateway.model.MessageId;
import org.entente.gateway.testkit.RequestSamples;
import org.entente.proto.v1.Body;
import org.entente.proto.v1.Category;
import org.entente.proto.v1.Label;
import org.entente.proto.v1.Outcome;
import org.entente.proto.v1.Purpose;
import org.entente.proto.v1.Wanted;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import picocli.CommandLine;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Model.PositionalParamSpec;

/**
 * Every option and argument of every command. What names something that must exist is given a name
 * that is misspelled, at a running gateway, and must be refused with what would be valid; if the
 * gateway names a field, the command names the option. An option that stands in neither table fails
 * the test: its author decides to which it belongs.
 */
class NamedOptionsTest {
  private static final Duration LONG = Duration.ofDays(9);
  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final Pattern ID = Pattern.compile("[0-9a-f]{32}");

  /** A code, the options and the field that a gateway refused, as a command names them. */
  private static final Pattern REFUSED =
      Pattern.compile(
          "\\b[A-Z_]{6,}: (?:(\\S+(?: or \\S+)*) \\()?[a-z_]+(?:[.\\[][a-z_.\\[\\]0-9]*)?\\)?: ");

  /**
   * What names something: where, the misspelled value, what the answer must contain. A line of one
   * command stands before that of all.
   */
  private static final List<String[]> NAMES =
      table(
          """
          --origin | fr.custom | did you mean "fr.customs"?
          --agency | fr.custom | did you mean "fr.customs"?
          cluster transfer NODE | n2 | this gateway runs on one machine
          cluster attest-destroyed NODE | n2 | this gateway has never run on several machines
          cluster remove NODE | n2 | this gateway runs on one machine
          cluster add NODE | N2 | valid are up to 63 small letters
          cluster add --address | nowhere | valid is host:port
          cluster replace OLD | n2 | this gateway runs on one machine
          cluster replace NEW | N2 | valid are up to 63 small letters
          cluster replace --address | nowhere | valid is host:port
          operation task --agency | fr.custom | fr.custom is not a member of the operation
          --to | fr.custom | did you mean "fr.customs"?
          risk list --to | yesterday | --to
          search --to | yesterday | --to
          feedback --to | fr.custom | must be fr.customs
          request answer --to | fr.custom | must contain only the requesting agency, fr.customs
          audit export --to | yesterday | --to
          audit export --event | ACEPTED | did you mean "ACCEPTED"?
          request remind --to | fr.custom | was not sent to [fr.custom]
          operation task --to | fr.custom | OPERATION_ROLE
          operation report --to | fr.custom | OPERATION_ROLE
          operation outcome --to | fr.custom | OPERATION_ROLE
          operation objectives --to | fr.custom | OPERATION_ROLE
          operation resources --to | fr.custom | OPERATION_ROLE
          --to-jurisdiction | APEK | no group of this name
          --info | fr.custom | did you mean "fr.customs"?
          --participant | fr.custom | did you mean "fr.customs"?
          --observer | fr.custom | did you mean "fr.customs"?
          --lead | fr.custom --participant fr.customs | OPERATION_ROLE
          --recipient | fr.custom | is for it; valid:
          --jurisdiction | UK | not an ISO 3166 code of a state
          policy explain --jurisdiction | FRANCE | an ISO 3166-1 or 3166-2 code
          --in | QQ | no member agency is in "QQ"
          --desk | narcotic | did you mean "narcotics"?
          send --desk | fr.custom/narcotics | did you mean "fr.customs"?
          policy explain --desk | fr.custom/narcotics | did you mean "fr.customs"?
          --kind | ALRT | is none of or must be one of
          --category | NARCOTIC | is none of or must be one of
          --purpose | PUBLIC_SAFTY | is none of or must be one of
          --classification | RESTRICTD | is none of or must be one of
          --severity | SEVRE | is none of or must be one of
          --urgency | NOW | is none of or must be one of
          --certainty | SURE | is none of or must be one of
          --statement | FACTS | is none of or must be one of
          --status | OPN | is none of or must be one of
          --lane | FLASHY | ROUTINE
          --info-lane | FLASHY --info us.cbp | is none of
          --precedence | FLASHY | is none of or must be one of
          --requested-action | CHEK | is none of or must be one of
          --handling | H9 | is none of or must be one of
          --marking | TLP:AMBR | TLP:AMBER
          --classification-scheme | EUX | scheme
          --classification-marking | SECRETT | marking
          --classification-review | NEVR | is none of or must be one of
          --source-evaluation | 4x4:Z9 | 4x4
          --type | UPDAT | is none of or must be one of
          --result | SEIZD | is none of or must be one of
          --detection | X_RAYS | is none of or must be one of
          --role | WITNES | is none of or must be one of
          --state | DON | is none of or must be one of
          --matching | NAMES | is none of or must be one of
          operation objectives --subject | seal:1 | valid only with `operation report`
          operation resources --subject | seal:1 | valid only with `operation report`
          operation task --subject | seal:1 | valid only with `operation report`
          --subject | container:CSQU3054384 | check digit
          --hs | 640X | 2 to 10 digits of the Harmonised System
          --place | DEHAMM | UN/LOCODE
          --agreement | warning | agreement warning is not known here
          --responder | regster | responder
          --client | des | did you mean "desk"?
          ipr record --client | des | a client of this agency with the scope rights_holder
          --right | TRADEMARC | is none of or must be one of
          ipr suspend --kind | APPLIED | is none of or must be one of
          --party | HOLDR | is none of or must be one of
          --list | marking | is none of or must be one of
          --lang | xx | is none of en, fr, es, de
          attach --media-type | IMAGE | must be a media type
          attach --resume | 000000000000000000000000000000aa | NOT_FOUND
          --attach | 000000000000000000000000000000aa | NOT_FOUND
          --attachment | 000000000000000000000000000000aa | NOT_FOUND
          --media-type | text/plain | must have the form application/
          SUBSCRIPTION | des | did you mean "desk"?
          PEER | fr.custom | did you mean "fr.customs"?
          LANE | FLASHY | FLASH
          MESSAGE | 000000000000000000000000000000aa | NOT_FOUND
          OPERATION | 000000000000000000000000000000aa | 000000000000000000000000000000aa
          CONSENT | 000000000000000000000000000000aa | NOT_FOUND
          RECORDATION | 000000000000000000000000000000aa | NOT_FOUND
          thread CASE | * | letters or digits
          CASE | 000000000000000000000000000000aa | NOT_FOUND
          --recordation | 000000000000000000000000000000aa | NOT_FOUND
          --operation | 000000000000000000000000000000aa | 000000000000000000000000000000aa
          --updates | 000000000000000000000000000000aa | 000000000000000000000000000000aa
          --derived-from | 000000000000000000000000000000aa | there is no message with this id here
          REQUEST | 000000000000000000000000000000aa | NOT_FOUND
          WATCH | 99 | has no watch 99
          NUMBER | 99 | NOT_FOUND
          responder withdraw NAME | regster | regster
          ANSWER | YEP | is none of
          ipr outcome OUTCOME | FINISHED | is none of
          DETAIL | EVERYTHING | is none of
          """);

  /** What names nothing that must exist, and why. */
  private static final List<String[]> FREE =
      table(
          """
          --gateway | an address; who does not listen there is told of
          --context | a name in a file of the user, which ContextsTest looks at
          --authority | a file of a certificate, which is read before anything else
          --credentials --config --out --alerts --mapping --passes-on --cap --save | a file or folder
          --document --changed --codes --agreements --node-rules --as attach-FILE | a file or folder
          --officer --unit --justification --person --text --title --reason --note --remarks --question | words of a person
          --headline --goods --concealment --features --contact --description --legal-basis --handling-text | words of a person
          --holder --product --particular --resource --quantity --number --declaration --brand | words of a person
          --case --case-ref --source-ref | a reference of the agency's own making
          --from --until --at --ends --starts --date --due --expires-at --received --applied --since | a time
          --classification-review-on --answer-by --expected-at | a time
          --days --most --after --within --count --hits --wait --minimum --score --overlap-days | a number
          --lease-seconds --max-deliveries POSITION | a number
          --data-age --subjects --indicator | a number, or says how much
          --cursor subscription-create-NAME | makes the subscription if there is none
          --id --name --key operation-outcome-OUTCOME responder-register-NAME ipr-notice-CASE ipr-answer-CASE ipr-answer-ANSWER TASK | makes what it names
          --model --model-version | the client's own name for what it scores with; it may score later
          --caused-by --caused-for | who caused a record may have left since
          --in-reply-to --message | what is known of a message may be over; the form is checked
          ipr-suspend---place | the place as people call it
          ipr-attach-RECORDATION | the case is looked up first, and there is none here
          --condition | an expression, checked when it is compiled
          --language | of a text, with which its form is checked
          consent-grant---to consent-grant---in | narrows what was asked, and is compared with that
          """);

  /**
   * Commands that ask no gateway: they make what they name, or read files and say what is wrong.
   */
  private static final Set<String> OFFLINE =
      Set.of(
          "init",
          "join",
          "federation",
          "keystore",
          "backup",
          "audit new-log",
          "audit report",
          "audit verify",
          "audit verify-proof",
          "run",
          "sizing",
          "config",
          "client",
          "cluster init",
          "cluster end",
          "cluster status",
          "tls",
          "context",
          "completion",
          "manual",
          "doctor",
          "cap",
          "policy new",
          "policy prose",
          "policy test",
          "policy lint",
          "policy diff",
          "policy schema",
          "help");

  /** A call of each command that the gateway could answer, but for what is misspelled. */
  private static final Map<String, String> CALLS =
      calls(
          """
          send | --document {file} --category PUBLIC_WARNING --purpose PUBLIC_SAFETY --classification UNCLASSIFIED --to fr.customs
          attach | {file}
          fetch | {message} --out {absent} {person}
          tail | --cursor probe --count 1
          search | {person}
          open | {message} {person}
          related | {message} {person}
          feedback | {message} --to fr.customs --result NOTHING_FOUND --date 2026-01-02 --category PUBLIC_WARNING --purpose PUBLIC_SAFETY --classification UNCLASSIFIED {person}
          watch add | --subject case:1 {person}
          watch remove | 1 {person}
          watch hits | {person}
          risk score | {message} --score 10 --model m --model-version 1 --automated
          risk list | {person}
          risk show | {message} {person}
          risk follow | {person}
          request ask | --to fr.customs --category PUBLIC_WARNING --purpose PUBLIC_SAFETY --classification UNCLASSIFIED --within 10 --question Who? --subject container:CSQU3054383 {person}
          request answer | {asked} --to fr.customs --category PUBLIC_WARNING --purpose PUBLIC_SAFETY --classification UNCLASSIFIED --result HIT
          request list | --asked
          request remind | {request} {person}
          request reminders |
          responder register | register --category PUBLIC_WARNING --within 10 --matching EXACT {person}
          responder withdraw | register {person}
          responder list |
          discover |
          thread | K-1 {person}
          track | {message}
          unopened |
          release list |
          release show | {message} {person}
          release approve | {message} {person}
          release deny | {message} {person}
          consent ask | {message} --to fr.customs --reason why --days 3 {person}
          consent list |
          consent grant | {message} {person}
          consent deny | {message} --reason why {person}
          consent revoke | {message} --reason why {person}
          recall | {message} --reason why {officer}
          charge take | {message} {person}
          charge back | {message} {person}
          charge list | {message}
          chain | {message}
          erase | {message} {person}
          hold place | {message} {person}
          hold release | {message} {person}
          hold list |
          policy explain | --to fr.customs --category PUBLIC_WARNING --purpose PUBLIC_SAFETY --classification UNCLASSIFIED
          policy codes |
          audit prove | {message} --out {absent} {person}
          audit export | --subject case:1 {person}
          keys show |
          keys renew | --out {absent} {person}
          quarantine list |
          quarantine show | 1
          quarantine retry | 1 {person}
          quarantine discard | 1 {person}
          link list |
          link pause | fr.customs {person}
          link unpause | fr.customs {person}
          link resume | fr.customs FLASH {person}
          cluster transfer | n2 {person}
          cluster attest-destroyed | n2 {person}
          cluster replace | n2 n4 --address 127.0.0.1:1 {person}
          cluster add | n4 --address 127.0.0.1:1 {person}
          cluster remove | n2 {person}
          subscription create | probe
          subscription list |
          subscription show | desk
          subscription delete | desk --client desk {person}
          subscription dead-letters | desk
          subscription redrive | desk
          subscription discard | desk
          operation create | --name PROBE --ends 2030-01-01 --participant fr.customs {person}
          operation members | {operation} {person}
          operation close | {operation} {person}
          operation list |
          operation show | {operation} {person}
          operation hash | {operation}
          operation objectives | {operation} --category PUBLIC_WARNING --purpose PUBLIC_SAFETY --classification UNCLASSIFIED --text all
          operation resources | {operation} --category PUBLIC_WARNING --purpose PUBLIC_SAFETY --classification UNCLASSIFIED --resource boats
          operation task | {operation} 000000000000000000000000000000bb --category PUBLIC_WARNING --purpose PUBLIC_SAFETY --classification UNCLASSIFIED --title t --agency fr.customs
          operation report | {operation} --category PUBLIC_WARNING --purpose PUBLIC_SAFETY --classification UNCLASSIFIED --text all
          operation outcome | {operation} 000000000000000000000000000000bb --category PUBLIC_WARNING --purpose PUBLIC_SAFETY --classification UNCLASSIFIED --text all
          ipr list |
          ipr record | --right TRADE_MARK --number 1 --holder H --product shoes --contact c {person}
          ipr grant | {message} --days 3 {person}
          ipr refuse | {message} {person}
          ipr revoke | {message} {person}
          ipr right | {message} {person}
          ipr rights |
          ipr cases |
          ipr suspend | --kind STANDARD --recordation {message} --goods shoes --quantity 10 --place FRLEH {person}
          ipr notify | {message} --party RIGHTS_HOLDER {person}
          ipr declarant | {message} AGREES {person}
          ipr letter | {message} CONFIRMS {person}
          ipr extend | {message} {person}
          ipr disclose | {message} CONSIGNEE {person}
          ipr attach | {message} {message} {person}
          ipr outcome | {message} RELEASED {person}
          ipr show | {message} {person}
          """);

  @RegisterExtension final RunningFederation federation = new RunningFederation();

  @AutoClose("shutdownNow")
  private final ExecutorService threads = Executors.newCachedThreadPool();

  private final Map<String, String> values = new LinkedHashMap<>();

  private static List<String[]> table(String lines) {
    return lines.lines().map(line -> line.split(" \\| ")).toList();
  }

  private static Map<String, String> calls(String lines) {
    Map<String, String> calls = new LinkedHashMap<>();
    lines
        .lines()
        .forEach(
            line -> {
              int bar = line.indexOf(" |");
              calls.put(line.substring(0, bar), line.substring(bar + 2).strip());
            });
    return calls;
  }

  @BeforeEach
  void start() throws IOException {
    federation.seat(DE, "narcotics");
    Path config = federation.config(DE);
    Files.writeString(
        config,
        Files.readString(config)
                .replace("retention]", "retention, watch, release, consent, audit, ipr]")
            + "ipr: {time_zone: UTC, calendar_until: 2100-01-01}\n"
            + "attachments: {folder: attachments}\n");
    federation.start(FR, DE);
    values.put("message", federation.send(FR, "a warning", LONG, DE).toString());
    values.put("asked", asked());
    federation.receive(DE, 2);
    values.put("person", "--officer DE-3 --justification probe");
    values.put("officer", "--officer DE-3");
    values.put(
        "file", Files.writeString(federation.folder().resolve("probe.bin"), "probe").toString());
    values.put("absent", federation.folder().resolve("absent").toString());
  }

  /** A request to the agency whose client calls. */
  private String asked() {
    Label.Builder label =
        RequestSamples.asks()
            .setCategory(Category.CATEGORY_PUBLIC_WARNING)
            .setPurpose(Purpose.PURPOSE_PUBLIC_SAFETY);
    Instant answerBy = federation.clock.instant().plus(LONG);
    Body body = RequestSamples.request(Wanted.WANTED_HIT_NO_HIT, answerBy);
    Outcome outcome =
        federation.publish(FR, RequestSamples.draft("asked", label, body, DE).build());
    return MessageId.of(outcome.getMessageId().toByteArray()).toString();
  }

  private static List<CommandSpec> commands(CommandLine line) {
    List<CommandSpec> all = new ArrayList<>();
    for (CommandLine sub : new LinkedHashSet<>(line.getSubcommands().values())) {
      all.add(sub.getCommandSpec());
      all.addAll(commands(sub));
    }
    return all;
  }

  private static String name(CommandSpec command) {
    return command.qualifiedName().substring("entente ".length());
  }

  private static boolean isOffline(String command) {
    return OFFLINE.stream().anyMatch(it -> command.equals(it) || command.startsWith(it + " "));
  }

  /** What can name something: neither a flag nor a request for help. */
  private static List<ArgSpec> arguments(CommandSpec command) {
    return command.args().stream().filter(it -> !it.typeInfo().isBoolean()).toList();
  }

  private static String name(ArgSpec argument) {
    return argument instanceof OptionSpec option ? option.longestName() : argument.paramLabel();
  }

  @Test
  void nameThatNothingBears_isRefusedWithWhatWouldBeValid() throws Exception {
    values.put("operation", made("operation create"));
    values.put("request", made("request ask"));
    Set<String> unused = new TreeSet<>();
    NAMES.forEach(line -> unused.add(line[0]));
    FREE.forEach(line -> unused.addAll(List.of(line[0].split(" "))));
    List<String> wrong = new ArrayList<>();
    for (CommandSpec command : commands(RootCommand.commandLine())) {
      if (!isOffline(name(command))) {
        for (ArgSpec argument : arguments(command)) {
          unused.remove(check(command, argument, wrong));
        }
      }
    }
    assertEquals("", String.join("\n", wrong));
    assertEquals(Set.of(), unused, "entries for nothing");
  }

  /** Looks at one argument; the entry that it goes by. */
  private String check(CommandSpec command, ArgSpec argument, List<String> wrong) throws Exception {
    String own = name(command) + " " + name(argument);
    for (String key : List.of(own, own.replace(' ', '-'), name(argument))) {
      for (String[] line : NAMES) {
        if (line[0].equals(key)) {
          probe(command, argument, line[1], line[2], wrong);
          return key;
        }
      }
      if (FREE.stream().anyMatch(line -> List.of(line[0].split(" ")).contains(key))) {
        return key;
      }
    }
    wrong.add(own + " stands in no table: what does it name?");
    return own;
  }

  private void probe(
      CommandSpec command, ArgSpec argument, String value, String expected, List<String> wrong)
      throws Exception {
    String call = CALLS.get(name(command));
    if (call == null) {
      wrong.add(name(command) + " has no call");
      return;
    }
    List<String> args = words(call);
    if (argument instanceof PositionalParamSpec positional) {
      args.set(positional.index().min(), value);
    } else {
      int at = args.indexOf(name(argument));
      if (at >= 0) {
        args.subList(at, at + 2).clear();
      }
      args.add(name(argument));
      args.addAll(List.of(value.split(" ")));
    }
    String said = run(command, args);
    boolean refused = !said.startsWith("exit 0") || name(command).equals("policy explain");
    if (!refused || Arrays.stream(expected.split(" or ")).noneMatch(said::contains)) {
      wrong.add(name(command) + " " + name(argument) + "=" + value + ": " + said);
    }
    Matcher field = REFUSED.matcher(said);
    if (field.find()
        && !List.of(String.valueOf(field.group(1)).split(" or ")).contains(name(argument))) {
      wrong.add(name(command) + " does not name " + name(argument) + ": " + said);
    }
  }

  private List<String> words(String call) {
    String filled = call;
    for (Map.Entry<String, String> one : values.entrySet()) {
      filled = filled.replace("{" + one.getKey() + "}", one.getValue());
    }
    return new ArrayList<>(
        Arrays.stream(filled.split(" ")).filter(word -> !word.isEmpty()).toList());
  }

  /** Runs a command as a client of a gateway; how it ended and what it said. */
  private String run(CommandSpec command, List<String> args) throws Exception {
    List<String> all = new ArrayList<>(List.of(name(command).split(" ")));
    all.addAll(args);
    if (command.findOption("--gateway") != null) {
      all.add("--gateway=127.0.0.1:" + federation.gateway(DE).clientAddress().getPort());
      all.add("--credentials=" + federation.credentials(DE));
    }
    StringWriter said = new StringWriter();
    CommandLine line = RootCommand.commandLine(all.toArray(String[]::new));
    line.setOut(new PrintWriter(said, true));
    line.setErr(new PrintWriter(said, true));
    CompletableFuture<Integer> exit =
        CompletableFuture.supplyAsync(() -> line.execute(all.toArray(String[]::new)), threads);
    try {
      return "exit " + exit.get(PATIENCE.toSeconds(), TimeUnit.SECONDS) + ": " + said;
    } catch (TimeoutException e) {
      return "exit 0, not yet: " + said;
    }
  }

  /** Makes something by a command; its id. */
  private String made(String name) throws Exception {
    CommandSpec command =
        commands(RootCommand.commandLine()).stream()
            .filter(it -> name(it).equals(name))
            .findFirst()
            .orElseThrow();
    String said = run(command, words(String.valueOf(CALLS.get(name))));
    Matcher id = ID.matcher(said);
    if (!id.find()) {
      throw new AssertionError(name + ": " + said);
    }
    return id.group();
  }
}
