package org.entente.loadtests.testkit;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** How a documented command is run by a test, and what must become of it. Built once, then read. */
public final class CommandStep {
  /** In what it runs. */
  public enum ProcessKind {
    /** This process, which is the same code and starts in no time. */
    THIS_PROCESS,
    /** The launcher, as a reader types it. */
    LAUNCHER,
    /** A process of its own, since it runs until it is stopped. */
    OWN_PROCESS,
    /** A shell: it is no command of Entente's. */
    SHELL
  }

  private final String command;
  private final Map<String, String> filled = new LinkedHashMap<>();
  private final Map<String, Pattern> kept = new LinkedHashMap<>();
  private final List<String> said = new ArrayList<>();
  private final List<String> unsaid = new ArrayList<>();
  private final List<String> added = new ArrayList<>();
  private ProcessKind in = ProcessKind.THIS_PROCESS;
  private int exit;
  private @Nullable String until;
  private @Nullable String notYet;
  private @Nullable String soon;
  private boolean keptRunning;

  private CommandStep(String command) {
    this.command = command;
  }

  /** A command as the page has it, with single spaces. Exit code 0 is expected. */
  public static CommandStep of(String command) {
    return new CommandStep(command);
  }

  /** Another exit code is the right one. */
  public CommandStep exits(int code) {
    exit = code;
    return this;
  }

  /** Where it runs. */
  public CommandStep in(ProcessKind where) {
    in = where;
    return this;
  }

  /** Its output contains this; for one that runs until stopped, the line before it is stopped. */
  public CommandStep says(String text) {
    said.add(text);
    return this;
  }

  /** Its output does not contain this. */
  public CommandStep doesNotSay(String text) {
    unsaid.add(text);
    return this;
  }

  /** It runs until its output contains this, and is then stopped with SIGTERM. */
  public CommandStep until(String text) {
    until = text;
    in = ProcessKind.OWN_PROCESS;
    return this;
  }

  /** It is run again for as long as its output contains this, within bounds. */
  public CommandStep againWhile(String text) {
    notYet = text;
    return this;
  }

  /** It is run again until its output contains this, within bounds. */
  public CommandStep againUntil(String text) {
    soon = text;
    return says(text);
  }

  /** It is not stopped before the test ends. */
  public CommandStep keptRunning() {
    keptRunning = true;
    return this;
  }

  /** A placeholder of the page stands for what an earlier step kept under a name. */
  public CommandStep fills(String placeholder, String name) {
    filled.put(placeholder, name);
    return this;
  }

  /** What the first group matches in its output is kept under a name. */
  public CommandStep keeps(String name, String pattern) {
    kept.put(name, Pattern.compile(pattern));
    return this;
  }

  /** Options that the page leaves at their defaults, and that the test cannot wait for. */
  public CommandStep with(String... options) {
    added.addAll(List.of(options));
    return this;
  }

  public String command() {
    return command;
  }

  public ProcessKind in() {
    return in;
  }

  public int exit() {
    return exit;
  }

  public List<String> said() {
    return List.copyOf(said);
  }

  public List<String> unsaid() {
    return List.copyOf(unsaid);
  }

  public List<String> added() {
    return List.copyOf(added);
  }

  public Map<String, String> filled() {
    return Map.copyOf(filled);
  }

  public Map<String, Pattern> kept() {
    return Map.copyOf(kept);
  }

  public @Nullable String awaited() {
    return until;
  }

  /** Whether it is run again after this output, if there is time. */
  boolean isTooEarly(String output) {
    return (notYet != null && output.contains(notYet)) || (soon != null && !output.contains(soon));
  }

  public boolean isKeptRunning() {
    return keptRunning;
  }
}
