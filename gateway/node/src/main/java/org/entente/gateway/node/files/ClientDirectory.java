package org.entente.gateway.node.files;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Collectors;
import org.entente.gateway.ceremony.PrivateFiles;
import org.entente.gateway.config.ClientList;
import org.entente.gateway.config.ConfigProblem;
import org.entente.gateway.config.NodeConfig;
import org.entente.gateway.config.YamlFiles;
import org.entente.gateway.config.YamlReadResult;
import org.entente.gateway.identity.ClientGrant;
import org.entente.gateway.identity.ClientRegistry;
import org.entente.gateway.identity.Scope;
import org.entente.gateway.ledger.DeskSeat;
import org.entente.gateway.model.AgencyName;
import org.entente.gateway.model.DeskName;
import org.entente.gateway.model.InvalidValue;
import org.entente.gateway.model.NodeName;
import org.entente.gateway.model.StartProblem;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The clients in force: those of the node's configuration and, in their place, those of the client
 * list, which is read again when its file changes. A file is taken as a whole or not at all.
 *
 * <p>The last accepted list is kept in the folder {@code audit}, and beside it the last one that a
 * command wrote. A file whose version is lower, or the same with other content, is refused: an old
 * copy, such as one from a backup, brings no revoked client back, also after a restart, and if the
 * gateway was stopped at the revocation. Safe for many threads.
 */
public final class ClientDirectory {
  private static final Logger LOG = LoggerFactory.getLogger(ClientDirectory.class);
  private static final String FIELD = "client_list: ";
  private static final String MISSING = "missing";

  private final NodeConfig config;
  private final Path memory;
  private final List<Runnable> listeners = new CopyOnWriteArrayList<>();
  private volatile InForce current;
  private volatile Map<NodeName, DeskSeat> seats;
  private volatile @Nullable String refusal;
  private volatile @Nullable String forgetful;
  private ClientList remembered;
  private String seen = "";

  private record InForce(
      ClientList list,
      List<NodeConfig.Client> clients,
      ClientRegistry registry,
      Map<NodeName, DeskSeat> seats) {
    InForce {
      clients = List.copyOf(clients);
      seats = Map.copyOf(seats);
    }

    /** A list that is not in force: the one by which a file is judged. */
    static InForce nobody(AgencyName self, ClientList list) {
      return new InForce(list, List.of(), ClientRegistry.of(self, List.of(), Map.of()), Map.of());
    }

    /**
     * The seats until the calls of those who left have ended: without a seat, such a call would see
     * the messages of all desks.
     */
    Map<NodeName, DeskSeat> seatsAfter(InForce before) {
      Map<NodeName, DeskSeat> all = new HashMap<>(before.seats());
      clients.forEach(client -> all.remove(new NodeName(client.name())));
      all.putAll(seats);
      return Map.copyOf(all);
    }
  }

  private ClientDirectory(NodeConfig config, ClientList remembered, InForce begin) {
    this.config = config;
    this.memory = memory(config);
    this.remembered = remembered;
    this.current = begin;
    this.seats = current.seats();
  }

  /**
   * Reads the clients of a node; stores nothing.
   *
   * @throws StartProblem naming the field and what is wrong. If only the file is at fault and a
   *     list was accepted or written before, the newest of these is in force and {@link #refusal}
   *     says why
   */
  public static ClientDirectory open(NodeConfig config) {
    ClientList accepted = accepted(config);
    ClientList written = kept(config, written(config));
    ClientList begin = written.version() > accepted.version() ? written : accepted;
    @Nullable StartProblem invalid = fault(config, begin);
    ClientDirectory opened =
        new ClientDirectory(
            config,
            accepted,
            invalid == null
                ? inForce(config, begin)
                : InForce.nobody(new AgencyName(config.agency()), begin));
    Optional<ClientList> unused = opened.follow();
    // A later file puts right what does not fit the configuration any more, such as a desk.
    if (invalid != null && opened.list().equals(begin)) {
      throw invalid;
    }
    String why = opened.refusal;
    if (why != null && begin.equals(ClientList.EMPTY)) {
      throw new StartProblem(why);
    }
    return opened;
  }

  /**
   * The list that a gateway accepted last, also while it runs; {@link ClientList#EMPTY} if none.
   */
  public static ClientList accepted(NodeConfig config) {
    return kept(config, memory(config));
  }

  private static @Nullable StartProblem fault(NodeConfig config, ClientList list) {
    try {
      requireValid(config, list);
      return null;
    } catch (StartProblem e) {
      return e;
    }
  }

  private static ClientList kept(NodeConfig config, Path file) {
    return Files.isDirectory(config.audit())
        ? read("audit: ", file).orElse(ClientList.EMPTY)
        : ClientList.EMPTY;
  }

  private static Path memory(NodeConfig config) {
    return config.audit().resolve("accepted-clients");
  }

  private static Path written(NodeConfig config) {
    return config.audit().resolve("written-clients");
  }

  /**
   * Writes a list into the file, and keeps it: a start takes no older file, also if no gateway ran
   * since. Before a node's first start there is nowhere to keep it. Durable on return.
   *
   * @throws IOException if the file, or the copy, cannot be written
   */
  public static void write(NodeConfig config, Path file, ClientList list) throws IOException {
    byte[] text = YamlFiles.print(list).getBytes(StandardCharsets.UTF_8);
    PrivateFiles.replace(file, text);
    if (Files.isDirectory(config.audit())) {
      PrivateFiles.replace(written(config), text);
    }
  }

  /**
   * Reads the clients of a node, and requires that the file is in force; stores nothing.
   *
   * @throws StartProblem naming what is wrong, also where a start would go on with the clients that
   *     it accepted before
   */
  public static ClientDirectory require(NodeConfig config) {
    ClientDirectory found = open(config);
    String why = found.refusal;
    if (why != null) {
      throw new StartProblem(why);
    }
    return found;
  }

  private static Optional<ClientList> read(String field, Path file) {
    if (Files.notExists(file)) {
      return Optional.empty();
    }
    YamlReadResult<ClientList> read = new YamlFiles().read(file, ClientList.class);
    if (read instanceof YamlReadResult.Unreadable<ClientList> unreadable) {
      throw new StartProblem(
          field
              + unreadable.problems().stream()
                  .map(ConfigProblem::toString)
                  .collect(Collectors.joining("; ")));
    }
    return Optional.of(((YamlReadResult.Read<ClientList>) read).value());
  }

  private static InForce inForce(NodeConfig config, ClientList list) {
    try {
      List<NodeConfig.Client> clients = list.inForce(config.clients());
      // Its constructor checks the clients together, and with the rest of the configuration.
      NodeConfig unused = config.withClients(clients);
      return new InForce(list, clients, registry(config, list, clients), seats(clients));
    } catch (IllegalArgumentException e) {
      throw new StartProblem(String.valueOf(e.getMessage()), e);
    }
  }

  private static ClientRegistry registry(
      NodeConfig config, ClientList list, List<NodeConfig.Client> clients) {
    Map<String, Set<String>> fingerprints = new HashMap<>();
    Map<NodeName, Instant> revoked = new HashMap<>();
    for (ClientList.Entry entry : list.clients()) {
      fingerprints.put(
          entry.name(),
          entry.certificates().stream()
              .map(ClientList.Certificate::sha256)
              .collect(Collectors.toSet()));
      Instant end = entry.revoked();
      if (end != null) {
        revoked.put(new NodeName(entry.name()), end);
      }
    }
    List<ClientGrant> grants =
        clients.stream()
            .map(one -> grant(one, fingerprints.getOrDefault(one.name(), Set.of())))
            .toList();
    return ClientRegistry.of(new AgencyName(config.agency()), grants, revoked);
  }

  private static ClientGrant grant(NodeConfig.Client client, Set<String> fingerprints) {
    Set<Scope> scopes = EnumSet.noneOf(Scope.class);
    try {
      client.scopes().forEach(name -> scopes.add(Scope.parse(name)));
      return new ClientGrant(new NodeName(client.name()), scopes, fingerprints);
    } catch (InvalidValue e) {
      throw new StartProblem("clients: " + client.name() + ": " + e.getMessage(), e);
    }
  }

  private static Map<NodeName, DeskSeat> seats(List<NodeConfig.Client> clients) {
    return clients.stream()
        .filter(client -> !client.desks().isEmpty())
        .collect(
            Collectors.toMap(
                client -> new NodeName(client.name()),
                client ->
                    new DeskSeat(
                        client.desks().stream().map(DeskName::new).collect(Collectors.toSet()),
                        client.onlyDesks())));
  }

  /**
   * Requires a list that a node can put in force.
   *
   * @throws StartProblem naming what is wrong
   */
  public static void requireValid(NodeConfig config, ClientList list) {
    InForce unused = inForce(config, list);
  }

  /**
   * Puts the file in force if it has changed. A faulty file is reported once, until it changes.
   *
   * @return what changed, in words; empty if nothing did
   */
  public synchronized Optional<String> reload() {
    String refused = refusal;
    Optional<ClientList> before = follow();
    logRefusal(refused);
    if (before.isPresent()) {
      listeners.forEach(Runnable::run);
      seats = current.seats();
    }
    // After it is in force: a disk that is full does not keep a revoked client connected.
    remember();
    return before.map(old -> ClientListChanges.between(old, current.list()));
  }

  /**
   * Stores the list that a start found.
   *
   * @return how it differs from the one that was accepted before, in words; empty if it does not
   */
  public synchronized Optional<String> begin() {
    ClientList before = remembered;
    logRefusal(null);
    remember();
    return before.equals(current.list())
        ? Optional.empty()
        : Optional.of(ClientListChanges.between(before, current.list()));
  }

  /** Follows the file; returns the list that was in force, if another is now. */
  private synchronized Optional<ClientList> follow() {
    Path file = config.clientList();
    String now = file == null ? MISSING : stamp(file);
    if (now.equals(seen)) {
      return Optional.empty();
    }
    seen = now;
    ClientList before = current.list();
    try {
      ClientList next = file == null ? before : candidate(file, before);
      if (file != null && !stamp(file).equals(now)) {
        // The file changed during the read: read it again next time.
        seen = "";
        return Optional.empty();
      }
      refusal = null;
      if (next.equals(before)) {
        return Optional.empty();
      }
      InForce following = inForce(config, next);
      seats = following.seatsAfter(current);
      current = following;
      return Optional.of(before);
    } catch (StartProblem e) {
      String why = String.valueOf(e.getMessage());
      refusal = why.startsWith(FIELD) ? why : FIELD + why;
      return Optional.empty();
    }
  }

  private void logRefusal(@Nullable String before) {
    String why = refusal;
    if (why != null && !why.equals(before)) {
      LOG.error(
          "the clients in force stay (client list version {}), because the file is invalid: {}",
          current.list().version(),
          why);
    }
  }

  private static ClientList candidate(Path file, ClientList before) {
    requireOwnersAlone(file);
    ClientList next = read(FIELD, file).orElse(ClientList.EMPTY);
    if (next.version() > before.version() || next.equals(before)) {
      return next;
    }
    if (Files.notExists(file)) {
      throw new StartProblem(
          FIELD + file + " is missing; version " + before.version() + " was accepted before");
    }
    throw new StartProblem(
        FIELD
            + "%s has version %d, and version %d is in force%s; the commands of `entente client` start from the version in force"
                .formatted(
                    file,
                    next.version(),
                    before.version(),
                    next.version() == before.version() ? " with other content" : ""));
  }

  /** A user who may write the file can give scopes to clients. */
  private static void requireOwnersAlone(Path file) {
    try {
      Set<PosixFilePermission> modes = Files.getPosixFilePermissions(file);
      if (modes.contains(PosixFilePermission.GROUP_WRITE)
          || modes.contains(PosixFilePermission.OTHERS_WRITE)) {
        throw new StartProblem(
            FIELD + file + " can be written by others than its owner; take their rights away");
      }
    } catch (NoSuchFileException e) {
      // Its absence is judged with its content.
      return;
    } catch (IOException e) {
      throw ConfiguredFiles.unusable("client_list", file, e);
    }
  }

  /** The state of the file; an unreadable one gets a text that no other state has. */
  private static String stamp(Path file) {
    try {
      return ConfiguredFiles.stamp(file);
    } catch (NoSuchFileException e) {
      return MISSING;
    } catch (IOException e) {
      return "unreadable: " + e;
    }
  }

  /** Keeps the list in force for the next start; tried again at the next round if it fails. */
  private void remember() {
    ClientList list = current.list();
    if (list.equals(remembered)) {
      return;
    }
    try {
      PrivateFiles.replace(memory, YamlFiles.print(list).getBytes(StandardCharsets.UTF_8));
      remembered = list;
      forgetful = null;
    } catch (IOException e) {
      String why = String.valueOf(ConfiguredFiles.unusable("audit", memory, e).getMessage());
      if (forgetful == null) {
        LOG.error("the clients in force would be forgotten by a restart: {}", why);
      }
      forgetful = why;
    }
  }

  /** Called on every change, after it is in force. */
  public void onChange(Runnable listener) {
    listeners.add(listener);
  }

  /** Who may connect now. */
  public ClientRegistry registry() {
    return current.registry();
  }

  /** The clients in force. */
  public List<NodeConfig.Client> clients() {
    return current.clients();
  }

  /** Where the clients in force sit; those that sit at no desk are left out. */
  public Map<NodeName, DeskSeat> seats() {
    return seats;
  }

  /** The client list in force. */
  public ClientList list() {
    return current.list();
  }

  /** Why the file is not in force; empty if it is. */
  public Optional<String> refusal() {
    return Optional.ofNullable(refusal);
  }

  /** Conditions that need an operator's attention. */
  public List<String> warnings() {
    List<String> warnings = new ArrayList<>();
    if (refusal != null) {
      warnings.add(
          "client: the client list is invalid, and the previous clients remain in force; "
              + refusal);
    }
    if (forgetful != null) {
      warnings.add("client: a restart would forget the clients in force: " + forgetful);
    }
    if (config.clientList() == null && current.list().version() > 0) {
      warnings.add(
          "client: client_list is not configured, but version %d was accepted before and remains in force"
              .formatted(current.list().version()));
    }
    return warnings;
  }
}
