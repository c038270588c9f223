#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""What people bring beside plain models, tiny and random, and what transformers and peft compute on it.

Needs: torch 2.11, transformers 5.17, peft 0.21, safetensors. Usage: make_brought_golden.py [OUT_DIR]
Writes into OUT_DIR (default: brought/ beside this script), golden values in fp64, each sequence alone:
  adapters/<name>/     PEFT LoRA folders on models/ and architectures/; golden.json: base, cases with log_probs of the
                       response tokens, and score for a classifier
  classifiers/<name>/  sequence classifiers of every family as save_pretrained writes them; golden.json: cases with score
  lora_training.json   losses of twenty steps of an explicit and an implicit reward model whose low-rank matrices alone
                       are trained by peft and torch, fp32, with the values of A that they start from
  texts.json           rewards of texts, through chat template and tokenizer, of models/gqa-untied as policy with
                       models/llama3-rope as reference, of adapters on it, and of classifiers/llama-chat
"""
import json
import random
import shutil
import sys
from pathlib import Path

import peft
import torch
import torch.nn.functional as F
import transformers as t
from make_architectures_golden import MODELS, randomise

torch.set_num_threads(1)
HERE = Path(__file__).parent
OUT = Path(sys.argv[1] if len(sys.argv) > 1 else HERE / "brought")
ATTENTION = ["q_proj", "k_proj", "v_proj", "o_proj"]
MLP = ["gate_proj", "up_proj", "down_proj"]

# name -> (base, options of LoraConfig, needs a classifier)
ADAPTERS = {
    "all-linear": ("models/gqa-untied", dict(r=4, lora_alpha=8, target_modules="all-linear"), False),
    "rslora-patterns": ("models/gqa-bias", dict(
        r=4, lora_alpha=6, use_rslora=True, target_modules=ATTENTION + MLP, layers_to_transform=[0, 2],
        rank_pattern={"q_proj": 2, r"layers\.2\..*down_proj": 7}, alpha_pattern={"v_proj": 3, "up_proj": 1}), False),
    "classifier": ("models/gqa-untied", dict(r=3, lora_alpha=6, target_modules=["q_proj", "v_proj"],
                                             task_type="SEQ_CLS"), True),
    "embeddings": ("models/gqa-untied", dict(r=3, lora_alpha=5, target_modules=["embed_tokens", "lm_head", "q_proj"]),
                   False),
    "saved-modules": ("models/gqa-untied", dict(r=2, lora_alpha=4, target_modules=["o_proj"],
                                                modules_to_save=["embed_tokens", "lm_head", "norm"]), False),
    "biases": ("models/gqa-bias", dict(r=2, lora_alpha=4, bias="lora_only", target_modules=ATTENTION), False),
    "gpt2": ("architectures/gpt2-0", dict(r=3, lora_alpha=6, fan_in_fan_out=True,
                                          target_modules=["c_attn", "c_proj", "c_fc"]), False),
    "gpt-neox": ("architectures/gpt-neox-0", dict(r=3, lora_alpha=6, target_modules=["query_key_value", "dense"]), False),
    "phi3": ("architectures/phi3-0", dict(r=3, lora_alpha=6, target_modules=["qkv_proj", "gate_up_proj"]), False),
    "gemma2": ("architectures/gemma2-0", dict(r=3, lora_alpha=6, target_modules=ATTENTION + MLP), False),
}
CLASSIFIERS = ["llama", "mistral", "qwen2", "qwen3", "gemma2", "gemma3", "gpt-neox", "gpt2", "phi3", "olmo2"]
CLASSES = {"gemma3": "Gemma3TextForSequenceClassification"}
PROMPTS = ["hi", "would you say the answer is yes?", "people of a kind view\nsay no"]
RESPONSES = ["yes", "In my view, the answer is sure.", "my judgement: never! déjà ✓"]


def rows(vocab, seed):
    rng = random.Random(seed)
    return [([rng.randrange(3, vocab) for _ in range(rng.randrange(1, 20))],
             [rng.randrange(3, vocab) for _ in range(rng.randrange(1, 12))]) for _ in range(3)]


def log_probs(model, prompt, response):
    logits = model(input_ids=torch.tensor([prompt + response])).logits[0]
    at = torch.arange(len(prompt) - 1, len(prompt) + len(response) - 1)
    return F.log_softmax(logits, -1)[at, torch.tensor(response)]


def score(model, ids):
    out = model(input_ids=torch.tensor([ids])).logits
    assert out.shape == (1, 1)
    return out.item()


def tidy(folder):
    for name in ("README.md", "generation_config.json"):
        (folder / name).unlink(missing_ok=True)
    for path in folder.glob("*.json"):
        text = path.read_text()
        assert str(HERE) not in text, path
    return folder


def attention(folder):
    """The fused kernel of torch does not know Gemma 2's logit caps."""
    gemma2 = json.loads((folder / "config.json").read_text())["model_type"] == "gemma2"
    return dict(attn_implementation="eager") if gemma2 else {}


def base_model(base, classifier):
    kind = t.AutoModelForSequenceClassification if classifier else t.AutoModelForCausalLM
    options = dict(num_labels=1) if classifier else {}
    return kind.from_pretrained(HERE / base, dtype=torch.float32, **attention(HERE / base), **options).eval()


@torch.no_grad()
def make_adapter(name, base, options, classifier, seed):
    torch.manual_seed(seed)
    model = base_model(base, classifier)
    if classifier:
        model.config.pad_token_id = 0
    model.config._name_or_path = base
    model.name_or_path = base
    adapted = peft.get_peft_model(model, peft.LoraConfig(**{"task_type": "CAUSAL_LM", **options}))
    for parameter_name, parameter in adapted.named_parameters():
        if parameter.requires_grad:
            parameter.add_(torch.randn_like(parameter) * 0.1)
    folder = OUT / "adapters" / name
    adapted.save_pretrained(folder)
    path = folder / "adapter_config.json"
    path.write_text(json.dumps(dict(json.loads(path.read_text()), base_model_name_or_path=base), indent=1) + "\n")
    tidy(folder)
    # Read again the way a user would, so that what is on disk is what is computed.
    fresh = peft.PeftModel.from_pretrained(base_model(base, classifier), folder).double().eval()
    if classifier:
        fresh.config.pad_token_id = 0
    cases = []
    for prompt, response in rows(model.config.vocab_size, seed):
        case = dict(prompt=prompt, response=response)
        if classifier:
            case["score"] = score(fresh, prompt + response)
        else:
            case["log_probs"] = log_probs(fresh, prompt, response).tolist()
            plain = log_probs(base_model(base, False).double(), prompt, response)
            case["changed"] = (plain - log_probs(fresh, prompt, response)).abs().max().item()
            assert case["changed"] > 1e-3, name
        cases.append(case)
    (folder / "golden.json").write_text(json.dumps(dict(base=base, cases=cases)) + "\n")
    return fresh


@torch.no_grad()
def make_classifier(name, seed, dtype=torch.float32):
    torch.manual_seed(seed)
    kind, options = MODELS[name]
    options = dict(options)
    options["n_layer" if name == "gpt2" else "num_hidden_layers"] = 2
    if "layer_types" in options:
        options["layer_types"] = options["layer_types"][:2]
    config = kind(**options, num_labels=1)
    config.pad_token_id = 0
    cls = getattr(t, CLASSES.get(name, kind.__name__.replace("Config", "ForSequenceClassification")))
    model = cls(config).eval()
    randomise(model)
    model = model.to(dtype)
    folder = OUT / "classifiers" / (name + ("-bf16" if dtype == torch.bfloat16 else ""))
    model.save_pretrained(folder)
    tidy(folder)
    model = t.AutoModelForSequenceClassification.from_pretrained(folder, dtype=torch.float64,
                                                                 **attention(folder)).eval()
    cases = [dict(prompt=x, response=y, score=score(model, x + y)) for x, y in rows(config.vocab_size, seed)]
    (folder / "golden.json").write_text(json.dumps(dict(cases=cases)) + "\n")


def encoder(folder):
    tokenizer = t.AutoTokenizer.from_pretrained(folder)

    def ids(prompt, response):
        turns = [dict(role="user", content=prompt)]
        x = tokenizer.apply_chat_template(turns, tokenize=False, add_generation_prompt=True)
        whole = tokenizer.apply_chat_template(turns + [dict(role="assistant", content=response)], tokenize=False)
        assert whole.startswith(x)
        encode = lambda text: tokenizer(text, add_special_tokens=False).input_ids
        return encode(x), encode(whole[len(x):].rstrip("\n"))

    return ids


@torch.no_grad()
def make_chat_classifier(seed):
    torch.manual_seed(seed)
    model = t.AutoModelForSequenceClassification.from_pretrained(HERE / "models/gqa-untied", num_labels=1,
                                                                 dtype=torch.float32)
    model.score.weight.normal_(0, 0.5)
    model.config.pad_token_id = 0
    folder = OUT / "classifiers" / "llama-chat"
    model.save_pretrained(folder)
    tidy(folder)
    for name in ("tokenizer.json", "tokenizer_config.json"):
        shutil.copy(HERE / "models/gqa-untied" / name, folder)
    return t.AutoModelForSequenceClassification.from_pretrained(folder, dtype=torch.float64).eval()


@torch.no_grad()
def make_texts(adapted, adapted_classifier):
    ids = encoder(HERE / "models/gqa-untied")
    policy, reference = (base_model(f"models/{name}", False).double() for name in ("gqa-untied", "llama3-rope"))
    classifier = make_chat_classifier(99)
    cases = []
    for prompt in PROMPTS:
        for response in RESPONSES:
            x, y = ids(prompt, response)
            pi, ref, lora = (log_probs(model, x, y).sum().item() for model in (policy, reference, adapted))
            cases.append(dict(prompt=prompt, response=response, policy=pi, pair=0.25 * (pi - ref), adapted=lora,
                              adapted_pair=0.25 * (lora - pi), classifier=score(classifier, x + y),
                              adapted_classifier=score(adapted_classifier, x + y)))
    (OUT / "texts.json").write_text(json.dumps(dict(beta=0.25, cases=cases), indent=0) + "\n")


def make_lora_training():
    plain = json.loads((HERE / "models" / "training.json").read_text())
    head = torch.tensor(plain["head"])
    start, losses, ends = {}, {}, {}
    for kind in ("EX", "IM"):
        torch.manual_seed(5)
        config = peft.LoraConfig(r=3, lora_alpha=6, target_modules=["q_proj", "v_proj", "down_proj"])
        model = peft.get_peft_model(base_model("models/gqa-untied", False), config)
        names = {n: p for n, p in model.named_parameters() if p.requires_grad}
        start = {n.replace(".default", ""): p.detach().tolist() for n, p in names.items() if "lora_A" in n}
        u = head.clone().requires_grad_()
        optimizer = torch.optim.AdamW(list(names.values()) + ([u] if kind == "EX" else []), lr=plain["lr"],
                                      betas=(0.9, 0.999), weight_decay=0.0)

        def reward(x, y):
            if kind == "EX":
                states = model(input_ids=torch.tensor([x + y]), output_hidden_states=True).hidden_states[-1]
                return (u * states[0, -1]).sum()
            with torch.no_grad(), model.disable_adapter():
                ref = log_probs(model, x, y).sum()
            return plain["beta"] * (log_probs(model, x, y).sum() - ref)

        losses[kind] = []
        for batch in plain["batches"]:
            pairs = [plain["pairs"][i] for i in batch]
            margins = [reward(p["prompt"], p["chosen"]) - reward(p["prompt"], p["rejected"]) for p in pairs]
            loss = -F.logsigmoid(torch.stack(margins)).mean()
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            losses[kind].append(loss.item())
        ends[kind] = {n.replace(".default", ""): round(p.detach().norm().item(), 7) for n, p in names.items()}
    (OUT / "lora_training.json").write_text(json.dumps(dict(rank=3, alpha=6, start=start, losses=losses, norms=ends)) + "\n")


def main():
    shutil.rmtree(OUT, ignore_errors=True)
    adapted = {}
    for seed, (name, (base, options, classifier)) in enumerate(ADAPTERS.items()):
        adapted[name] = make_adapter(name, base, options, classifier, seed)
    for seed, name in enumerate(CLASSIFIERS):
        make_classifier(name, 50 + seed)
    make_classifier("llama", 70, torch.bfloat16)
    make_lora_training()
    make_texts(adapted["all-linear"], adapted["classifier"])


if __name__ == "__main__":
    main()
