// SPDX-License-Identifier: GPL-3.0-or-later
// The real engine as a program, in a workspace of its own that goes away with the test.
#pragma once

#include <signal.h>
#include <sys/types.h>
#include <unistd.h>

#include <QDir>
#include <QElapsedTimer>
#include <QFile>
#include <QProcess>
#include <QStringList>
#include <QTemporaryDir>
#include <cmath>
#include <functional>
#include <nlohmann/json.hpp>
#include <set>
#include <string>
#include <vector>

namespace loupe::test {

using nlohmann::json;

inline QString text_of(const std::string& text) {
  return QString::fromStdString(text);
}

// The machine's cores are for other tests; so small a model is no faster on several.
inline int engine_threads = 1;

inline QProcessEnvironment engine_environment() {
  auto environment = QProcessEnvironment::systemEnvironment();
  for (const char* name : {"OMP_NUM_THREADS", "OMP_THREAD_LIMIT"})
    environment.insert(QString::fromLatin1(name), QString::number(engine_threads));
  return environment;
}

// What a program said until it ended.
struct Said {
  int code = -1;  // -1: it did not end by itself
  std::string out, err;
  std::vector<json> lines;  // of stdout
  bool only_json = true;    // every line of stdout was JSON

  json first() const { return lines.empty() ? json() : lines.front(); }
  json last() const { return lines.empty() ? json() : lines.back(); }
  std::vector<json> events(const std::string& name) const {
    std::vector<json> found;
    for (const auto& line : lines)
      if (line.is_object() && line.value("event", "") == name) found.push_back(line);
    return found;
  }
  // The error that --json prints.
  json error() const { return last().is_object() ? last().value("error", json()) : json(); }
  QByteArray described() const {
    return QByteArray("exit code ") + QByteArray::number(code) + "\n" + out.c_str() + err.c_str();
  }
};

class Place {
 public:
  Place() : model_(QString::fromUtf8(LOUPE_SOURCE_DIR "/tests/golden/models/gqa-untied")) {}
  ~Place() {
    // A watcher would start the next job when one is killed.
    for (const auto& alive : {watchers(), job_processes()})
      for (const qint64 pid : alive) ::kill(static_cast<pid_t>(pid), SIGKILL);
  }

  QString model() const { return model_; }
  QString path(const QString& name) const { return folder_.filePath(name); }
  QString workspace() const { return path(QStringLiteral("ws")); }
  QString artifacts(int job) const {
    return workspace() + QStringLiteral("/artifacts/%1").arg(job);
  }

  // Runs a verb to its end, with --json, in this workspace.
  Said run(const QStringList& words) const {
    return run_program(QStringLiteral(LOUPE_ENGINE), whole(words));
  }
  // The same under a limit on the size of files, in KiB.
  Said run_limited(int kib, const QStringList& words) const {
    return run_program(QStringLiteral("bash"),
                       QStringList{QStringLiteral("-c"),
                                   QStringLiteral("ulimit -f %1; exec \"$0\" \"$@\"").arg(kib),
                                   QStringLiteral(LOUPE_ENGINE)} +
                           whole(words));
  }
  Said import_tiny() const {
    return run({QStringLiteral("model"), QStringLiteral("import"), model_, QStringLiteral("--name"),
                QStringLiteral("tiny")});
  }

  QString write(const QString& name, const QByteArray& bytes) const {
    QFile file(path(name));
    if (!file.open(QIODevice::WriteOnly) || file.write(bytes) != bytes.size()) return {};
    return file.fileName();
  }
  // `count` pairs whose chosen response can be told from the rejected one.
  QString write_pairs(const QString& name, int count, int first = 0) const {
    QByteArray text;
    for (int i = first; i < first + count; ++i)
      text += QByteArray::fromStdString(pair(i).dump()) + "\n";
    return write(name, text);
  }
  static json pair(int i) {
    const std::string number = std::to_string(i);
    return {
        {"prompt", "would you view statement " + number + " kindly?"},
        {"chosen", "my truthful answer is sure, " + number},
        {"rejected", "people would never reply" + std::string(static_cast<size_t>(i % 4), '!')}};
  }

  // A copy of the model that a test may spoil.
  QString copy_model(const QString& name) const {
    const QString to = path(name);
    QDir().mkpath(to);
    for (const QString& file : QDir(model_).entryList(QDir::Files)) {
      QFile::copy(model_ + QLatin1Char('/') + file, to + QLatin1Char('/') + file);
      QFile::setPermissions(to + QLatin1Char('/') + file, QFile::ReadOwner | QFile::WriteOwner);
    }
    return to;
  }

  // Processes of this workspace's jobs that are alive now; `job` 0: of any job.
  std::vector<qint64> job_processes(int job = 0) const {
    return processes([&](const QList<QByteArray>& words) {
      return words.size() >= 5 && words[1] == "job" && words[4] == workspace().toUtf8() &&
             (job == 0 || words[2].toInt() == job);
    });
  }
  // What waits for a job to be gone, so that the next one can start.
  std::vector<qint64> watchers() const {
    return processes([&](const QList<QByteArray>& words) {
      return words.size() >= 4 && words[0].endsWith("/rewardloupe-watcher") &&
             words[2] == workspace().toUtf8();
    });
  }
  // Every process that was started with this workspace as an argument.
  std::vector<qint64> all_processes() const {
    return processes(
        [&](const QList<QByteArray>& words) { return words.contains(workspace().toUtf8()); });
  }

 private:
  static std::vector<qint64> processes(const std::function<bool(const QList<QByteArray>&)>& ours) {
    std::vector<qint64> found;
    for (const QString& entry : QDir(QStringLiteral("/proc")).entryList(QDir::Dirs)) {
      bool number = false;
      const qint64 pid = entry.toLongLong(&number);
      if (!number) continue;
      QFile file(QStringLiteral("/proc/%1/cmdline").arg(pid));
      if (file.open(QIODevice::ReadOnly) && ours(file.readAll().split('\0'))) found.push_back(pid);
    }
    return found;
  }
  QStringList whole(const QStringList& words) const {
    return QStringList{QStringLiteral("--workspace"), workspace(), QStringLiteral("--json")} +
           words;
  }
  static Said run_program(const QString& program, const QStringList& words) {
    QProcess process;
    process.setProcessEnvironment(engine_environment());
    process.start(program, words);
    Said said;
    if (process.waitForFinished(60000)) {
      if (process.exitStatus() == QProcess::NormalExit) said.code = process.exitCode();
    } else {
      process.kill();
      process.waitForFinished();
    }
    const QByteArray out = process.readAllStandardOutput();
    said.out = out.toStdString();
    said.err = process.readAllStandardError().toStdString();
    for (const QByteArray& line : out.split('\n')) {
      if (line.isEmpty()) continue;
      said.lines.push_back(json::parse(line.toStdString(), nullptr, false));
      if (said.lines.back().is_discarded()) said.only_json = false;
    }
    return said;
  }

  QTemporaryDir folder_;
  QString model_;
};

// Looks until `ready`, without sleeping long; false when it took more than `seconds`.
inline bool wait_until(const std::function<bool()>& ready, int seconds = 30, int pause_us = 2000) {
  QElapsedTimer clock;
  clock.start();
  while (!ready()) {
    if (clock.elapsed() > seconds * 1000) return false;
    ::usleep(static_cast<useconds_t>(pause_us));
  }
  return true;
}

// offset + the sum of the credits of a response as it travels.
inline double sum_of(const json& response) {
  double sum = response.at("offset").get<double>();
  for (const auto& token : response.at("tokens")) sum += token.at("credit").get<double>();
  return sum;
}

}  // namespace loupe::test
